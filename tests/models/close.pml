/* The end of an owner, as core/remote_list.hpp has it, for Spin: it closes its list, counts what has come, and says how many slots are still out; threads
 * that hold some push them, or count them down where they are refused. Whoever makes it none frees the memory that list, count and slots lie in.
 *
 * What it proves, where steps of all threads have one order: it is freed once, after everybody else's last step in it, and every slot is counted once.
 * Memory orders are the explorer's, see tests/threads/explorer_test.cpp.
 *
 * -DOPEN_END leaves behind a refused chain what an earlier try has put there (a fault that this library had); -DTWO_STEPS changes the count and looks
 * whether it is none in two steps. Spin must find both.
 */
#define SLOTS 4         /* one thread has two */
#define NIL 0
#define CLOSED 255

byte head = NIL;
byte next[SLOTS + 1];
short left = 0;
bool is_free = false;

inline alive() { assert(!is_free) }

inline change(by) {
#ifdef TWO_STEPS
    atomic { alive(); left = left + by };
    if
    :: atomic { left == 0 -> alive(); is_free = true }
    :: else -> skip
    fi
#else
    atomic {
        alive();
        left = left + by;
        if
        :: left == 0 -> is_none = true
        :: else -> skip
        fi
    };
    if
    :: is_none -> atomic { alive(); is_free = true }
    :: else -> skip
    fi
#endif
}

inline count(first) {
    at = first;
    do
    :: at == NIL -> break
    :: else -> alive(); n++; assert(n <= SLOTS); at = next[at]
    od
}

/* Its slots as one chain, or one after the other. */
proctype frees(byte a; byte b) {
    byte seen, at, n, first, last;
    bool is_none = false, again;
    if
    :: b != NIL -> next[a] = b; next[b] = NIL; first = a; last = b; again = false
    :: next[a] = NIL; next[b] = NIL; first = a; last = a; again = (b != NIL)
    fi;
    do
    :: atomic { alive(); seen = head };
       do
       :: seen == CLOSED ->
#ifndef OPEN_END
          next[last] = NIL;
#endif
          n = 0;
          count(first);
          change(-n);
          break
       :: else ->
          alive();
          next[last] = seen;
          atomic {
              alive();
              if
              :: head == seen -> head = first; break
              :: else -> seen = head
              fi
          }
       od;
       if
       :: again -> first = b; last = b; again = false
       :: else -> break
       fi
    od
}

proctype owner() {
    byte all, at, n = 0;
    bool is_none = false;
    if
    :: atomic { all = head; head = NIL }; count(all)     /* as in its life */
    :: skip
    fi;
    atomic { all = head; head = CLOSED };
    count(all);
    change(SLOTS - n)
}

init {
    atomic {
        run owner();
        run frees(1, 2);
        run frees(3, NIL);
        run frees(4, NIL)
    };
    _nr_pr == 1;
    assert(is_free)
}

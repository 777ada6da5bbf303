/* The list of core/remote_list.hpp, for Spin: threads push chains of slots that they free, an owner takes all and hands the slots out again.
 *
 * What it proves, where steps of all threads have one order: a slot is in one place at a time, however often it comes back to the head that a thread has
 * seen; nobody writes to the first word of a slot that is not his; none is lost. It goes on for longer than the runs of tests/threads/explorer_test.cpp,
 * which are about the shipped code and about memory orders; those this model does not see.
 *
 * -DPOPS takes out one slot instead of all, by two threads: the ABA problem, which Spin must find.
 */
#define SLOTS 3
#define ROUNDS 3
#define NIL 0

mtype = { handed_out, freed, taken };

byte head = NIL;
byte next[SLOTS + 1];
mtype place[SLOTS + 1] = handed_out;
chan out = [SLOTS] of { byte };    /* with whoever uses them */

inline put(first, last) {
    seen = head;
    do
    :: assert(place[last] == freed);
       next[last] = seen;
       atomic {
           if
           :: head == seen -> head = first; break
           :: else -> seen = head
           fi
       }
    od
}

proctype frees() {
    byte a, b, seen;
    do
    :: atomic { out ? a -> place[a] = freed };
       if
       :: put(a, a)
       :: atomic { out ? b -> place[b] = freed };     /* a chain of two */
          next[a] = b;
          put(a, b)
       fi
    :: break
    od
}

proctype owner() {
    byte at, behind, rounds = 0;
    do
    :: rounds < ROUNDS ->
       rounds++;
#ifdef POPS
       at = head;
       do
       :: at == NIL -> break
       :: else ->
          behind = next[at];
          atomic {
              if
              :: head == at -> head = behind; break
              :: else -> at = head
              fi
          }
       od;
       behind = NIL;
#else
       atomic { at = head; head = NIL };
#endif
       do
       :: at == NIL -> break
       :: else ->
#ifndef POPS
          behind = next[at];
#endif
          atomic { assert(place[at] == freed); place[at] = taken };
          atomic { place[at] = handed_out; out ! at };
          at = behind
       od
    :: rounds == ROUNDS -> break
    od
}

init {
    byte i, there;
    atomic {
        i = 1;
        do
        :: i <= SLOTS -> out ! i; i++
        :: else -> break
        od;
        run owner();
#ifdef POPS
        run owner();
#endif
        run frees();
        run frees()
    };
    _nr_pr == 1;                                       /* all others have ended */
    d_step {
        there = len(out);
        i = head;
        do
        :: i != NIL && there <= SLOTS -> assert(place[i] == freed); there++; i = next[i]
        :: else -> break
        od;
        assert(there == SLOTS)
    }
}

#pragma once
/// What several threads give to one: a list on which all put and from which one takes everything; and the slots that a thread gathers for it.
///
/// Cost: a compare-and-exchange per batch. Most slots are not written to where they are freed: the first of a batch lists the addresses of the others
/// in its own free memory, so the owner meets few cache lines that another processor has changed, and none of them one after another.
/// Invariant: a slot is in a batch or in the list, once. (Push by compare-and-exchange and take all is free of the ABA problem: nobody takes one node
/// out, so a head that has come back is as good as one that stayed. The list with take-all is Treiber's; thread-delayed free lists are Leijen's, in mimalloc.)
#include <cstddef>
#include <cstdint>

#include <alloy/core/atomic.hpp>
#include <alloy/core/layout.hpp>

namespace alloy::inline ALLOY_ABI {

/// The first word of what is in a list.
struct chain_link {
    chain_link* next = nullptr;
};

template <class Memory = detail::machine>
class remote_list {
    using order = detail::order;

public:
    constexpr remote_list() noexcept = default;

    /// Puts a chain in front, from any thread. False, and nothing put, where the list was closed: the memory that it belonged to is nobody's now.
    /// Order: release, so that whoever takes the chain sees what it consists of, and all that was done with the memory before it was freed. Reading
    /// the head first is relaxed, since nothing behind it is looked at; where it says closed, the caller looks only at what was written before the
    /// slots that it holds were handed out. A refused chain is as it came, with an end: an earlier try may have put what it met there behind it.
    bool push(chain_link& first, chain_link& last) noexcept {
        chain_link* head = head_.load(order::relaxed);
        do {
            if (head == closed()) {
                Memory::write(last.next, static_cast<chain_link*>(nullptr));
                return false;
            }
            Memory::write(last.next, head);
        } while (!head_.compare_exchange(head, &first, order::release, order::relaxed));
        return true;
    }
    /// Everything, newest first. For the owner alone. Order: acquire, see push. A push that fails to be seen is seen by the next call.
    /// Precondition: the list was not closed. It would be open again, to pushes into memory that is nobody's.
    chain_link* take_all() noexcept {
        if (!head_.load(order::relaxed)) return nullptr;
        return of_an_open_list(head_.exchange(nullptr, order::acquire));
    }
    /// The same for the last time: whatever is pushed afterwards is refused. Precondition: it was not closed before.
    chain_link* close() noexcept { return of_an_open_list(head_.exchange(closed(), order::acquire)); }

private:
    static chain_link* of_an_open_list(chain_link* taken) noexcept {
        Memory::expects(taken != closed(), "a list that was closed is emptied again");
        return taken;
    }
    static chain_link* closed() noexcept { return static_cast<chain_link*>(pointer(1)); }

    typename Memory::template atomic<chain_link*> head_{};
};

/// How many parts of something are still out, counted by whoever brings one back, before or after the owner has said how many there are.
template <class Memory = detail::machine>
class countdown {
public:
    constexpr countdown() noexcept = default;
    /// The owner says how many there are; others that one is back, with -1. True for the one call after which none is out, and that frees.
    /// Order: release, so that what each did with its part is done before it is freed; acquire, so that who frees sees that.
    bool change(std::ptrdiff_t by) noexcept { return left_.add(by, detail::order::acq_rel) == 0; }

private:
    typename Memory::template atomic<std::ptrdiff_t> left_{};  // below zero for as long as the owner has not spoken
};

/// Free slots of one owner, one batch: `next`, and the addresses of further slots, up to the first null or as many as fit.
struct slot_batch : chain_link {
    static constexpr std::size_t most_listed = 15;  ///< two cache lines
    /// How many others the memory of a slot can list.
    static constexpr std::size_t lists(std::size_t slot) noexcept {
        const std::size_t words = slot / sizeof(void*) - 1;
        return words < most_listed ? words : most_listed;
    }
    void** listed() noexcept { return reinterpret_cast<void**>(this + 1); }
};

/// What a thread has freed for one owner and not handed over yet.
template <class Memory = detail::machine>
class outbox {
public:
    using list_type = remote_list<Memory>;
    /// Slots that are handed over together, about.
    static constexpr std::size_t full = 64;

    constexpr outbox() noexcept = default;

    /// Adds a slot where the newest batch is for this list and has room.
    [[gnu::always_inline]] bool add(void* slot, list_type& to) noexcept {
        if (&to != to_ || at_ == end_) [[unlikely]] return false;
        Memory::write(*at_++, slot);
        return true;
    }
    /// Adds it as a new batch. What has gathered is handed over before, where it is for another list or enough: refused(first batch, list) gets it
    /// where that is closed.
    template <class Refused>
    void begin(void* slot, std::size_t bytes, list_type& to, Refused refused) noexcept {
        if (&to != to_ || count_ >= full) flush(refused);
        auto* const batch = static_cast<slot_batch*>(slot);
        Memory::write(batch->next, static_cast<chain_link*>(first_));
        if (!first_) last_ = batch;
        first_ = batch;
        to_ = &to;
        at_ = batch->listed();
        end_ = at_ + slot_batch::lists(bytes);
        count_ += 1 + slot_batch::lists(bytes);
    }
    template <class Refused>
    void flush(Refused refused) noexcept {
        if (!first_) return;
        if (at_ != end_) Memory::write(*at_, static_cast<void*>(nullptr));
        slot_batch* const first = first_;
        list_type& to = *to_;
        to_ = nullptr;
        first_ = nullptr;
        at_ = end_ = nullptr;
        count_ = 0;
        if (!to.push(*first, *last_)) refused(first, to);
    }
    bool empty() const noexcept { return !first_; }

private:
    list_type* to_ = nullptr;
    void** at_ = nullptr;
    void** end_ = nullptr;
    slot_batch* first_ = nullptr;
    slot_batch* last_ = nullptr;
    std::size_t count_ = 0;
};

/// Calls f(slot) for each slot of a chain of batches, where size_of(slot) says how large slots are. f may write to the slot.
template <class Memory, class SizeOf, class F>
void for_each_slot(chain_link* first, SizeOf size_of, F f) noexcept {
    while (first) {
        auto* const batch = static_cast<slot_batch*>(first);
        first = Memory::read(batch->next);
        __builtin_prefetch(first);
        const std::size_t most = slot_batch::lists(size_of(batch));
        for (std::size_t i = 0; i < most; ++i) {
            void* const slot = Memory::read(batch->listed()[i]);
            if (!slot) break;
            f(slot);
        }
        f(static_cast<void*>(batch));
    }
}

}  // namespace alloy

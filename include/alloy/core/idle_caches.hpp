#pragma once
/// Caches whose threads have ended, and which wait, with all that they hold, for threads that begin.
///
/// Cost: a compare-and-exchange where a thread ends; where one begins, an exchange, and a few words under the lock that its owner has anyway.
/// Invariant: a cache is in a thread's hands, on one of the two lists, or gone. Whoever ends takes no lock, so it only pushes (see remote_list); what it has
/// pushed is moved to a plain list under the lock, and only from there is one taken alone.
#include <alloy/core/remote_list.hpp>

namespace alloy::inline ALLOY_ABI {

/// `Cache` is a chain_link.
template <class Cache, class Memory = detail::machine>
class idle_caches {
public:
    constexpr idle_caches() noexcept = default;

    /// From the thread that had it; with or without the lock. Order: what that thread did with it is seen by whoever takes it, see remote_list.
    void leave(Cache& c) noexcept { left_.push(c, c); }

    // The lock is held for what follows.
    /// One of them, which is the caller's then; or null.
    Cache* adopt() noexcept {
        gather();
        chain_link* const c = Memory::read(idle_);
        if (c) Memory::write(idle_, Memory::read(c->next));
        return static_cast<Cache*>(c);
    }
    /// Takes out those for which is_wanted(cache) holds, and calls taken(cache) for each, which may end it.
    template <class Wanted, class Taken>
    void take_out(Wanted is_wanted, Taken taken) {
        gather();
        for (chain_link** at = &idle_; chain_link* const link = Memory::read(*at);) {
            auto& c = static_cast<Cache&>(*link);
            if (!is_wanted(c)) {
                at = &link->next;
                continue;
            }
            Memory::write(*at, Memory::read(link->next));
            taken(c);
        }
    }

private:
    void gather() noexcept {
        for (chain_link* c = left_.take_all(); c;) {
            chain_link* const behind = Memory::read(c->next);
            Memory::write(c->next, Memory::read(idle_));
            Memory::write(idle_, c);
            c = behind;
        }
    }

    remote_list<Memory> left_;
    chain_link* idle_ = nullptr;
};

}  // namespace alloy

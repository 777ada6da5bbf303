#pragma once
/// Memory of objects that are handed from thread to thread, which may outlive the thread that made them, and the allocator too.
///
/// Cost: making one is taking a slot of a pool; ending one on any thread writes its address to a batch, and each 64 or so are sent home at once. Nothing is
/// written where messages are counted: what is still out is found by counting free slots, when the allocator ends.
/// Invariant: `remote_list` takes what comes home for as long as the allocator lives. Then it is closed, and each region counts what is still out of it; who
/// brings the last one gives the region back, and who brings the last region gives the post back. Hence upstream must be stateless.
/// Thread rules: taking is for one thread at a time, the owner or the one that holds the lock; giving is for all.
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include <alloy/contracts/upstream.hpp>
#include <alloy/core/thread_link.hpp>
#include <alloy/engines/slab_pool.hpp>

namespace alloy::inline ALLOY_ABI {

/// Where messages of one owner come home to.
struct message_home : remote_list<> {
    remote_list<> large;   ///< those that are too large for slots, one by one
    countdown<> out;       ///< regions and large messages that are out, once the allocator is gone
    std::size_t bytes;     ///< of the memory that this lies in
    using giving_back = void (*)(void* at, std::size_t of_bytes, std::size_t of_alignment) noexcept;
    /// To upstream; null for the default one, which every module knows: that of the allocator may be unloaded by then.
    giving_back give_back;

    static constexpr std::size_t alignment = 64;

    message_home(std::size_t own_bytes, giving_back to) noexcept : bytes(own_bytes), give_back(to) {}

    /// After the end of the allocator: one more is back, of which this was the memory.
    void is_back(void* at, std::size_t of_bytes, std::size_t of_alignment) noexcept {
        const giving_back give = give_back ? give_back : &give_to<upstream::new_delete>;
        give(at, of_bytes, of_alignment);
        if (out.change(-1)) give(this, bytes, alignment);
    }
    template <class Upstream>
    static void give_to(void* at, std::size_t of_bytes, std::size_t of_alignment) noexcept {
        Upstream{}.deallocate(at, of_bytes, of_alignment);
    }
    /// The same for slots of a list that was closed.
    static void are_back(slot_batch* first, remote_list<>& of) noexcept {
        auto& home = static_cast<message_home&>(of);
        for_each_slot<detail::machine>(first, [](void* slot) { return std::size_t{slab::of(slot).slot}; },
                                       [&home](void* slot) {
                                           auto& region = static_cast<owned_slab&>(*slab::of(slot).region);
                                           if (region.out.change(-1)) home.slots_are_back(region);
                                       });
    }
    void slots_are_back(slab& region) noexcept {
        const std::size_t of_bytes = region.bytes;
        detail::unpoison(address(&region), of_bytes);
        is_back(&region, of_bytes, slab_bytes);
    }
};

/// In front of a message that is too large for a slot.
struct large_message {
    message_home* home;
    std::size_t bytes;  ///< of the whole
    std::size_t front;  ///< from its beginning to the message
    std::size_t tag;    ///< under which it was made

    static constexpr std::size_t least_front = 32;
    static std::size_t front_for(std::size_t alignment) noexcept { return alignment > least_front ? alignment : least_front; }
    static large_message& of(void* message) noexcept { return *reinterpret_cast<large_message*>(static_cast<char*>(message) - sizeof(large_message)); }
};
static_assert(sizeof(large_message) <= large_message::least_front);

namespace detail {

/// What the calling thread has ended of others' messages and not sent home yet, of all allocators.
struct sent_messages : thread_link {
    outbox<> box;

    void flush() noexcept { box.flush(&message_home::are_back); }
    [[gnu::noinline]] void begin(void* slot, remote_list<>& home) noexcept {
        if (!is_attached()) attach(*told_of_);
        box.begin(slot, slab::of(slot).slot, home, &message_home::are_back);
        if (!is_heard()) flush();  // nobody would tell of the thread's end
    }

private:
    static bool holds_any(const thread_link& l) noexcept { return !static_cast<const sent_messages&>(l).box.empty(); }
    static void send(thread_link& l) noexcept { static_cast<sent_messages&>(l).flush(); }
    static void leave(thread_link&) noexcept {}
    static constexpr events told{&holds_any, &send, &leave};
    const events* told_of_ = &told;  // those of the module that this word lies in, which stays as long as it; see end_key
};
#if defined(__PIC__) && !defined(__PIE__)
[[gnu::tls_model("initial-exec")]]
#endif
[[gnu::visibility("default")]] inline constinit thread_local sent_messages messages_sent;

/// The end of a message's memory, on whatever thread.
[[gnu::always_inline]] inline void give_message(void* at, std::size_t bytes, std::size_t alignment) noexcept {
    if (size_class::fits(bytes, alignment)) [[likely]] {
        remote_list<>& home = *owned_slab::of(at).owner.inbox;
        poison(address(at), address(at) + bytes);
        if (!messages_sent.box.add(at, home)) messages_sent.begin(at, home);
        return;
    }
    large_message& m = large_message::of(at);
    message_home& home = *m.home;
    auto* const link = ::new (at) chain_link;
    if (!home.large.push(*link, *link)) home.is_back(static_cast<char*>(at) - m.front, m.bytes, m.front);
}

}  // namespace detail

template <class Policies>
class message_post : public message_home {
    /// As its pool sees them: nothing watches objects that others end.
    struct pool_policies {
        static constexpr alloy::sharing sharing = alloy::sharing::engine_per_thread;
        using checking_type = checking::unchecked;
        using tagging_type = typename Policies::tagging_type;
    };

public:
    using tags_type = decltype(Policies::thread_account::tags);

    message_post(std::size_t own_bytes, tags_type& tags) noexcept
        : message_home(own_bytes, std::is_same_v<typename Policies::upstream_type, upstream::new_delete> ? nullptr : &give_to<typename Policies::upstream_type>),
          tags_(tags) {}

    /// Memory from the pool, without a call; null where that has none at hand.
    [[gnu::always_inline]] void* take(std::size_t size_class, std::size_t tag, std::size_t message_bytes) noexcept {
        void* const p = pool_.pop(size_class, tag, message_bytes);
        if (p) tags_.add(part_of_use::pool, tag, size_class::bytes(size_class));
        return p;
    }
    /// Memory for a message, or null with the reason in `error`. supply_of(held) is a supply that counts in `held`.
    template <class SupplyOf>
    void* take(std::size_t message_bytes, std::size_t message_alignment, std::size_t tag, SupplyOf supply_of, alloc_error& error) noexcept {
        collect(supply_of);
        if (!size_class::fits(message_bytes, message_alignment)) return take_large(message_bytes, message_alignment, tag, supply_of(large_held_), error);
        const std::size_t c = size_class::of(message_bytes, message_alignment);
        if (void* p = take(c, tag, message_bytes)) return p;
        pool_policies none;
        if (!pool_.carve(none, c, tag, supply_of(pool_.held), error, {0, this})) return nullptr;
        return take(c, tag, message_bytes);
    }
    /// Takes in what has come home and gives back what is empty. Whether any bytes went.
    template <class SupplyOf>
    bool sweep(SupplyOf supply_of) noexcept {
        pool_policies none;
        const bool any = collect(supply_of);
        return pool_.sweep(none, supply_of(pool_.held)) || any;
    }
    bool is_empty() const noexcept { return pool_.held == 0 && large_out_ == 0; }
    std::size_t held() const noexcept { return pool_.held + large_held_; }
    std::size_t blocks() const noexcept { return pool_.regions() + large_out_; }
    /// Bytes of messages that are out, or came home and were not taken in yet.
    std::size_t used() noexcept { return pool_.used() + large_held_; }
    /// The end of the allocator. True where nothing is out, so that the caller gives this memory back; else it is not to be touched again.
    template <class SupplyOf>
    bool close(SupplyOf supply_of) noexcept {
        take_in(remote_list::close(), supply_of);
        give_back_large(large.close(), supply_of);
        auto parts = static_cast<std::ptrdiff_t>(large_out_);
        slab* const regions = pool_.abandon(supply_of(pool_.held));
        for (const slab* r = regions; r; r = r->next_region) ++parts;
        if (parts == 0 || out.change(parts)) return true;
        for (slab* r = regions; r;) {
            auto& region = static_cast<owned_slab&>(*r);
            r = r->next_region;
            if (region.out.change(region.idle)) slots_are_back(region);
        }
        return false;
    }

private:
    template <class SupplyOf>
    bool collect(SupplyOf& supply_of) noexcept {
        take_in(this->take_all(), supply_of);
        return give_back_large(large.take_all(), supply_of);
    }
    template <class SupplyOf>
    void take_in(chain_link* batches, [[maybe_unused]] SupplyOf& supply_of) noexcept {
        pool_.take_in(batches, [&]([[maybe_unused]] void* slot, std::size_t tag, std::size_t slot_bytes) {
            if constexpr (watches<typename Policies::tracking_type, transfer_event>) supply_of(pool_.held).tell_ended(slot, slot_bytes);
            tags_.subtract(part_of_use::pool, tag, slot_bytes);
        });
    }
    template <class SupplyOf>
    bool give_back_large(chain_link* first, SupplyOf& supply_of) noexcept {
        const bool any = first != nullptr;
        while (first) {
            const large_message m = large_message::of(first);
            void* const at = reinterpret_cast<char*>(first) - m.front;
            first = first->next;
            --large_out_;
            if constexpr (watches<typename Policies::tracking_type, transfer_event>) supply_of(large_held_).tell_ended(static_cast<char*>(at) + m.front, m.bytes - m.front);
            tags_.subtract(part_of_use::pool, m.tag, m.bytes);
            supply_of(large_held_).give_back(at, m.bytes, m.front, block_origin::upstream);
        }
        return any;
    }
    template <class Supply>
    void* take_large(std::size_t message_bytes, std::size_t message_alignment, std::size_t tag, Supply supply, alloc_error& error) noexcept {
        const std::size_t front = large_message::front_for(message_alignment);
        if (front > max_bytes / 4 || message_bytes > max_bytes - Supply::unit - front)
            return error = {refusal::too_large, Policies::tagging_type::name(0), message_bytes, max_bytes}, nullptr;
        const std::size_t whole = round_up(front + message_bytes, Supply::unit);
        supply_request asked{whole, whole, front, Supply::unit};
        void* const at = supply.take(asked, error);
        if (!at) return nullptr;
        void* const message = static_cast<char*>(at) + front;
        ::new (static_cast<void*>(&large_message::of(message))) large_message{this, whole, front, tag};
        ++large_out_;
        tags_.add(part_of_use::pool, tag, whole);
        return message;
    }

    slab_pool<pool_policies> pool_;
    tags_type& tags_;
    std::size_t large_out_ = 0, large_held_ = 0;
};

}  // namespace alloy

#pragma once
/// Objects that are handed from thread to thread: which post the memory of one comes from, and the beginning and end of a post.
///
/// Cost: with an engine per thread, a slot of the calling thread's post without a call, where nothing watches messages and the post has one at hand; else
/// a call, under the lock where threads share one post.
/// Invariant: a post is made for the first message. It goes when it is empty and somebody asks for memory back, or when the allocator ends; or, where
/// messages are out by then, with the last of them.
#include <cstddef>
#include <new>
#include <utility>

#include <alloy/engines/message_post.hpp>
#include <alloy/engines/policy_set.hpp>
#include <alloy/engines/supply.hpp>
#include <alloy/engines/thread_cache.hpp>

namespace alloy::inline ALLOY_ABI {

template <class Policies, class Lifetimes>
class engine_set;
template <class Policies, class Lifetimes>
struct engine_access;

template <class Policies, class Lifetimes>
class message_store : public detail::post_part<Policies, can_transfer<Policies, Lifetimes> && Policies::sharing == sharing::under_lock> {
    using ledger_type = attribution<Policies>;
    using supply_type = supply<Policies, engine_access<Policies, Lifetimes>>;
    using cache_type = thread_cache<Policies, Lifetimes>;
    using guard = holding<Policies::sharing != sharing::one_thread, typename Policies::threading_type>;

    static constexpr bool is_apart = Policies::sharing == sharing::engine_per_thread;
    static constexpr bool has_posts = can_transfer<Policies, Lifetimes>;
    static constexpr bool is_shared = has_posts && !is_apart;  // one post for all threads
    static constexpr bool tells = watches<typename Policies::tracking_type, transfer_event>;
    using post_part = detail::post_part<Policies, has_posts>;

public:
    /// Bytes that the way to what is handed from thread to thread takes.
    static constexpr std::size_t transfer_bytes = is_shared ? sizeof(post_part) : 0;

    /// Memory for an object that is handed to another thread; it goes back by detail::give_message. `known` is the calling thread's cache, where the caller
    /// has it.
    [[nodiscard, gnu::always_inline]] void* take_message(std::size_t bytes, std::size_t alignment, alloc_error* error = nullptr, [[maybe_unused]] cache_type* known = nullptr)
        requires has_posts
    {
        if constexpr (is_apart && !tells)
            if (size_class::fits(bytes, alignment)) [[likely]]
                if (cache_type* const mine = known ? known : set().cache_here(); mine && mine->post) [[likely]]
                    if (void* p = mine->post->take(size_class::of_any(bytes, alignment), ledger_type(set()).tag(), bytes)) [[likely]] return p;
        return refill_message(bytes, alignment, error);
    }

    /// Bytes of messages of the calling thread's post, or of all threads'; bytes and blocks held by a post that they share. The lock is not taken.
    std::size_t used_by_messages() noexcept {
        if constexpr (is_shared) {
            if (this->post) return this->post->used();
        } else if constexpr (has_posts) {
            cache_type* const mine = set().cache_here();
            if (mine && mine->post) return mine->post->used();
        }
        return 0;
    }
    std::size_t held_by_messages() const noexcept {
        if constexpr (is_shared)
            return this->post ? this->post->bytes + this->post->held() : 0;
        else
            return 0;
    }
    std::size_t count_held_by_messages() const noexcept {
        if constexpr (is_shared)
            return this->post ? 1 + this->post->blocks() : 0;
        else
            return 0;
    }
    /// Gives back what is empty of a post that threads share; the lock is held. Whether any bytes went.
    bool sweep_messages([[maybe_unused]] bool ends) noexcept {
        if constexpr (is_shared)
            return sweep_post(*this, nullptr, ends);
        else
            return false;
    }
    /// Gives back what is empty of a post, and, where nothing is asked of it at the moment, the post with it.
    bool sweep_post(post_part& of, cache_type* cache, bool ends) noexcept
        requires has_posts
    {
        if (!of.post) return false;
        const bool any = of.post->sweep([&](std::size_t& held) { return message_source<false>(cache, held); });
        if (!ends || !of.post->is_empty()) return any;
        give_post_back(of, cache);
        return true;
    }
    /// The end of a post, at which messages may be out.
    void close_post(post_part& of, cache_type* cache) noexcept
        requires has_posts
    {
        if (of.post && of.post->close([&](std::size_t& held) { return message_source<false>(cache, held); })) give_post_back(of, cache);
        of.post = nullptr;
    }
    /// Sends home what the calling thread has ended, and closes a post that threads share.
    void release_messages() noexcept {
        if constexpr (has_posts) detail::messages_sent.flush();
        if constexpr (is_shared) close_post(*this, nullptr);
    }

private:
    engine_set<Policies, Lifetimes>& set() noexcept { return static_cast<engine_set<Policies, Lifetimes>&>(*this); }

    static constexpr std::size_t post_bytes = supply_type::whole(round_up(sizeof(message_post<Policies>), message_home::alignment));

    /// For a post of a cache, or of all threads. Upstream alone gives: what the fallback gave could not go back when the allocator is gone.
    template <bool Locks>
    auto message_source(cache_type* cache, std::size_t& held) noexcept {
        return supply_apart<supply_type, typename Policies::threading_type, Locks, true>(supply_type(set(), {&set(), cache}, held), set().threading);
    }
    [[gnu::noinline]] void* refill_message(std::size_t bytes, std::size_t alignment, alloc_error* error) {
        return set().insist(error, [&](alloc_error& refused) noexcept -> void* {
            if (!is_power_of_two(alignment)) return Policies::refuse(refused, refusal::bad_alignment, bytes, 0);
            if (bytes == 0) bytes = 1;
            if constexpr (is_apart) {
                cache_type* const mine = set().cache_here(set(), refused);
                return mine ? take_from<true>(*mine, mine, bytes, alignment, refused) : nullptr;
            } else {
                const guard lock(set().threading);
                return take_from<false>(*this, nullptr, bytes, alignment, refused);
            }
        });
    }
    template <bool Locks>
    void* take_from(post_part& of, cache_type* cache, std::size_t bytes, std::size_t alignment, alloc_error& error) noexcept {
        if (!of.post) {
            supply_request asked{post_bytes, post_bytes, message_home::alignment, 1};
            std::size_t held = 0;  // which the post itself knows
            void* const at = message_source<Locks>(cache, held).take(asked, error);
            if (!at) return nullptr;
            of.post = ::new (at) message_post<Policies>(post_bytes, tags_of(cache));
        }
        void* const p = of.post->take(bytes, alignment, ledger_type(set()).tag(), [&](std::size_t& held) { return message_source<Locks>(cache, held); }, error);
        if constexpr (tells)
            if (p) {
                const holding<Locks, typename Policies::threading_type> lock(set().threading);
                const std::size_t tag = ledger_type(set()).tag();
                set().tracking.on(transfer_event{transfer_event::kind::made, p, bytes, alignment, tag, Policies::tagging_type::name(tag)});
            }
        return p;
    }
    auto& tags_of([[maybe_unused]] cache_type* cache) noexcept {
        if constexpr (is_apart)
            return cache->account_of_use.tags;
        else
            return set().central.tags;
    }
    void give_post_back(post_part& of, cache_type* cache) noexcept {
        std::size_t held = post_bytes;
        message_source<false>(cache, held).give_back(std::exchange(of.post, nullptr), post_bytes, message_home::alignment, block_origin::upstream);
    }
};

}  // namespace alloy

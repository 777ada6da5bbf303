#pragma once
/// The policies of one allocator, side by side; those without state take no byte. What engines share: budget, upstream, tracking.
#include <cstddef>
#include <type_traits>
#include <utility>

#include <alloy/contracts/budget.hpp>
#include <alloy/contracts/checking.hpp>
#include <alloy/contracts/fallback.hpp>
#include <alloy/contracts/growth.hpp>
#include <alloy/contracts/retention.hpp>
#include <alloy/contracts/tagging.hpp>
#include <alloy/contracts/threading.hpp>
#include <alloy/contracts/tracking.hpp>
#include <alloy/contracts/upstream.hpp>
#include <alloy/engines/account.hpp>
#include <alloy/engines/current_tag.hpp>

namespace alloy::inline ALLOY_ABI {

/// Holds the threading policy's lock for a scope, where Needed; nothing otherwise.
template <bool Needed, class Threading>
class [[nodiscard]] holding {
public:
    explicit holding(Threading& threading) noexcept : threading_(threading) {
        if constexpr (Needed) threading_.lock();
    }
    holding(const holding&) = delete;
    ~holding() {
        if constexpr (Needed) threading_.unlock();
    }

private:
    Threading& threading_;
};

template <threading_policy Threading, growth_policy Growth, tagging_policy Tagging, budget_policy Budget, retention_policy Retention,
          fallback_policy Fallback, upstream_policy Upstream, tracking_policy Tracking, checking_policy Checking>
struct policy_set {
    using threading_type = Threading;
    using growth_type = Growth;
    using tagging_type = Tagging;
    using budget_type = Budget;
    using retention_type = Retention;
    using fallback_type = Fallback;
    using upstream_type = Upstream;
    using tracking_type = Tracking;
    using checking_type = Checking;

    static constexpr alloy::sharing sharing = Threading::sharing;

    constexpr policy_set() = default;
    /// A policy with a setting is a copy of what pick gives for its axis; all others are made in place, since they need not move. (g++ copies
    /// what a function returns into a member that may overlap others.) A threading policy has no settings.
    template <class Pick>
    constexpr explicit policy_set(const Pick& pick)
        : policy_set(pick, times<Pick, Growth>(), times<Pick, Tagging>(), times<Pick, Budget>(), times<Pick, Retention>(), times<Pick, Fallback>(), times<Pick, Upstream>(), times<Pick, Tracking>(), times<Pick, Checking>()) {}
    policy_set(const policy_set&) = delete;
    policy_set& operator=(const policy_set&) = delete;

    /// Lets a budget that watches tell of what it has noticed. Without the lock.
    void tell_of_held() noexcept {
        if constexpr (detail::watches_held<Budget>) budget.tell(threading, Tagging::name(0));
    }
    /// The same at the end of a scope: declared before the lock is taken, it comes when that is free.
    struct [[maybe_unused]] telling_of_held {
        policy_set& policies;
        ~telling_of_held() { policies.tell_of_held(); }
    };

    /// What ask(refused) finds, asked again for as long as the fallback wants to; tells of a request that could not be met in the end. Without the lock.
    template <class Ask>
    void* insist(alloc_error& refused, Ask ask) noexcept(noexcept(ask(refused))) {
        for (unsigned attempt = 0;; ++attempt) {
            void* const p = ask(refused);
            tell_of_held();
            if (p) return p;
            if constexpr (Fallback::retries)
                if (fallback.retry(refused, attempt)) continue;
            break;
        }
        if constexpr (watches<Tracking, alloc_error>) {
            const holding<alloy::sharing::one_thread != sharing, Threading> lock(threading);
            tracking.on(refused);
        }
        return nullptr;
    }

    /// The same, with the error told to the fallback, which may throw, or, where `error` is given, there.
    template <class Ask>
    void* insist(alloc_error* error, Ask ask) {
        alloc_error refused;
        if (void* p = insist(refused, ask)) return p;
        if (error)
            *error = refused;
        else
            fallback.give_up(refused);
        return nullptr;
    }
    /// Null, and the reason of it.
    static void* refuse(alloc_error& error, refusal reason, std::size_t asked, std::size_t left, std::size_t tag = 0) noexcept {
        error = {reason, Tagging::name(tag), asked, left};
        return nullptr;
    }

    [[no_unique_address]] Threading threading{};
    [[no_unique_address]] Growth growth{};
    [[no_unique_address]] Tagging tagging{};
    [[no_unique_address]] Budget budget{};
    [[no_unique_address]] Retention retention{};
    [[no_unique_address]] Fallback fallback{};
    [[no_unique_address]] Upstream upstream{};
    [[no_unique_address]] Tracking tracking{};
    [[no_unique_address]] Checking checking{};
    [[no_unique_address]] current_tag<Tagging::switches, alloy::sharing::one_thread != sharing> tag_now{};
    /// What all threads have in common, and what each has where it has an engine.
    using central_account = account<Tagging, Budget, sharing, true>;
    using thread_account = std::conditional_t<sharing == alloy::sharing::engine_per_thread, account<Tagging, Budget, sharing, false>, central_account>;
    [[no_unique_address]] central_account central{};
    /// Bytes of this that accounting takes, and those of each cache where threads have their own.
    static constexpr std::size_t accounting_bytes = (std::is_empty_v<decltype(tag_now)> ? 0 : sizeof(tag_now)) + (std::is_empty_v<central_account> ? 0 : sizeof(central_account));
    static constexpr std::size_t thread_accounting_bytes = sharing != alloy::sharing::engine_per_thread || std::is_empty_v<thread_account> ? 0 : sizeof(thread_account);

private:
    /// Once where there is a setting, else not at all.
    template <class Pick, class Policy>
    using times = std::make_index_sequence<Pick::template has<typename Policy::axis>>;
    template <class Pick, std::size_t... Gr, std::size_t... Ta, std::size_t... Bu, std::size_t... Re, std::size_t... Fa, std::size_t... Up, std::size_t... Tr, std::size_t... Ch>
    constexpr policy_set(const Pick& pick, std::index_sequence<Gr...>, std::index_sequence<Ta...>, std::index_sequence<Bu...>, std::index_sequence<Re...>, std::index_sequence<Fa...>, std::index_sequence<Up...>, std::index_sequence<Tr...>, std::index_sequence<Ch...>)
        : growth(pick.template get<typename Growth::axis, Gr>()...),
          tagging(pick.template get<typename Tagging::axis, Ta>()...),
          budget(pick.template get<typename Budget::axis, Bu>()...),
          retention(pick.template get<typename Retention::axis, Re>()...),
          fallback(pick.template get<typename Fallback::axis, Fa>()...),
          upstream(pick.template get<typename Upstream::axis, Up>()...),
          tracking(pick.template get<typename Tracking::axis, Tr>()...),
          checking(pick.template get<typename Checking::axis, Ch>()...) {}
};

}  // namespace alloy

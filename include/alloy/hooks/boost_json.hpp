#pragma once
/// Boost.JSON in Alloy's memory: `alloy::json_frame_resource` over a frame, `alloy::json_resource<A>` over an allocator's pool and heap.
///
/// Needs <boost/json.hpp>. `boost::json::value v = boost::json::parse(text, &resource);`. What is copied into such a value lies there too.
/// In a frame, values are not taken apart one by one: Boost.JSON is told that giving back does nothing, and leaves destructors out. Its own assertions
/// (1.81, without NDEBUG) end the program where memory for such a resource runs out in the middle of copying an object; parsing is safe.
/// Where there is no memory the fallback policy acts; if it returns, std::bad_alloc, or without exceptions the end.
/// Cost: a virtual call per array, object or string that is too long for its value. The parser's own stack is no part of it; give the
/// parser a resource too to have that here: `boost::json::parser parser(&resource);`.
/// Invariant: the resource outlives the values, the frame or allocator the resource. Thread rules are those of the frame or allocator.
#include <cstddef>

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>

#include <alloy/adaptors/resource_over.hpp>
#include <alloy/core/lease.hpp>

namespace alloy::inline ALLOY_ABI {

/// Memory until the frame ends; giving back does nothing.
class json_frame_resource final : public detail::resource_over<json_frame_resource, lease, boost::json::memory_resource> {
    using base = detail::resource_over<json_frame_resource, lease, boost::json::memory_resource>;
    friend base;

public:
    explicit json_frame_resource(frame_ref frame) noexcept : base(frame) {}

private:
    void do_deallocate(void*, std::size_t, std::size_t) override {}
};

/// Memory of an allocator's pool, and of its heap for what is larger.
template <class A>
class json_resource final : public detail::resource_over<json_resource<A>, A, boost::json::memory_resource> {
    using base = detail::resource_over<json_resource, A, boost::json::memory_resource>;
    friend base;

public:
    explicit json_resource(A& memory) noexcept : base(memory) {}

private:
    void do_deallocate(void* at, std::size_t bytes, std::size_t alignment) override { this->memory_.deallocate(at, bytes, alignment); }
};

}  // namespace alloy

/// What lets Boost.JSON leave destructors out.
template <>
struct boost::json::is_deallocate_trivial<alloy::json_frame_resource> {
    static constexpr bool value = true;
};

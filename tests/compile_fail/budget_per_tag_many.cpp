// expect: alloy: budget::per_tag has more than 64 limits; give the smaller subsystems one in common, by a tag with parts
#include <alloy/allocator.hpp>
#include <alloy/policies.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
template <std::size_t N>
constexpr alloy::fixed_string<4> numbered() {
    alloy::fixed_string<4> name("ai0");
    name.text[2] = static_cast<char>('0' + N);
    return name;
}
template <class I>
using numbered_limit = alloy::budget::limit<numbered<I::value>(), 4096>;
template <std::size_t N>
using several = boost::mp11::mp_rename<boost::mp11::mp_transform<numbered_limit, boost::mp11::mp_rename<boost::mp11::mp_iota_c<N>, boost::mp11::mp_list>>, alloy::budget::basic_per_tag>;

#ifdef REPAIRED
using subject = alloy::allocator<alloy::tagging::scoped<"ai0">, several<1>>;
#else
using subject = alloy::allocator<several<65>>;
#endif

inline std::size_t use(subject& s) { return s.frame().used(); }

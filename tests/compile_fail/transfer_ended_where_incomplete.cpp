// expect: alloy: a message was ended where its type is incomplete; define the type before
#include <alloy/allocator.hpp>

#ifdef REPAIRED
struct order {
    int number;
};
#else
struct order;
#endif

inline void refuse(alloy::transfer_handle<order> handle) { handle.reset(); }

/// Every header in a build without exceptions, without RTTI and with short enums.
#include <everything.hpp>

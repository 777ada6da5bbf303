#pragma once
/// Containers whose memory is a frame's: made from the frame, gone with it; one type each, whatever the composition. These are the standard
/// ones, a small header each; Boost's are headers of their own, since they cost more to include: <alloy/containers/growing_vector.hpp>,
/// <alloy/containers/flat_map.hpp>.
#include <alloy/adaptors/try_push_back.hpp>
#include <alloy/containers/map.hpp>
#include <alloy/containers/string.hpp>
#include <alloy/containers/unordered_map.hpp>
#include <alloy/containers/vector.hpp>

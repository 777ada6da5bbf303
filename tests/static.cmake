# What compilers and scripts say of the headers without running anything.

# Where these compile, they hold.
file(GLOB near_misses CONFIGURE_DEPENDS composition/near_misses/*.cpp)
add_library(alloy_composition_checks OBJECT ${near_misses} composition/order_independence.cpp composition/many.cpp)
target_link_libraries(alloy_composition_checks PRIVATE alloy::alloy alloy_warnings)

# Programs that must not compile, with one error each. A list of compilers here, so that one build can ask several.
set(ALLOY_COMPILE_FAIL_COMPILERS "${CMAKE_CXX_COMPILER}" CACHE STRING "Compilers that the compile-fail programs are given to")
get_target_property(boost_folders Boost::headers INTERFACE_INCLUDE_DIRECTORIES)
list(REMOVE_ITEM boost_folders ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})  # naming these again would upset #include_next
list(TRANSFORM boost_folders PREPEND -isystem)
file(GLOB compile_fail_programs CONFIGURE_DEPENDS compile_fail/*.cpp)
if(NOT compile_fail_programs)
    message(FATAL_ERROR "tests/compile_fail holds no program; restore it, or no error message is tested")
endif()
foreach(program IN LISTS compile_fail_programs)
    cmake_path(GET program STEM name)
    if(name MATCHES "^hook_([a-z]+)_" AND "alloy/hooks/${CMAKE_MATCH_1}.hpp" IN_LIST alloy_hooks_without_library)
        continue()
    endif()
    add_test(NAME compile_fail.${name}
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check.py ${program} ${ALLOY_COMPILE_FAIL_COMPILERS} ${boost_folders})
    set_tests_properties(compile_fail.${name} PROPERTIES LABELS compile_fail)
endforeach()

# What scripts find out by reading.
add_test(NAME errors.three_places COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_errors.py)
add_test(NAME layering COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_layering.py)
set(source_tests errors.three_places layering)
if(EXISTS ${PROJECT_SOURCE_DIR}/tools/check_docs.py)
    add_test(NAME docs COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/check_docs.py --compiler ${CMAKE_CXX_COMPILER})
    list(APPEND source_tests docs)
endif()
set_tests_properties(${source_tests} PROPERTIES LABELS sources)

# Units compiled in different ways, in one program.
add_test(NAME modes COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/build/modes/check.py ${CMAKE_CXX_COMPILER})

# Headers, the exported targets, and what find_package(alloy) reads.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(alloy_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/alloy)
install(TARGETS alloy alloy_bench EXPORT alloy FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT alloy NAMESPACE alloy:: FILE alloyTargets.cmake DESTINATION ${alloy_package_dir})

configure_package_config_file(cmake/alloyConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/alloyConfig.cmake INSTALL_DESTINATION ${alloy_package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/alloyConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/alloyConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/alloyConfigVersion.cmake cmake/AlloyBenchmark.cmake
        DESTINATION ${alloy_package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

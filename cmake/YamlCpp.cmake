# yaml-cpp from pinned source, for builds whose distribution has no static library of the target's architecture: Debian's
# package can be installed for one architecture at a time, and building for another one would take away this machine's.
# The version is Debian 12's, so that every architecture reads the same YAML.
set(YAML_CPP_VERSION 0.7.0+dfsg)
set(YAML_CPP_SHA256 dc63708605404e0b963e0ca3a9619d1c8270eda2839603e6fa0384e5e51e5312)

function(stagegate_add_yaml_cpp)
  stagegate_fetch_source(source yaml-cpp "${YAML_CPP_VERSION}" "${YAML_CPP_SHA256}"
                         pool/main/y/yaml-cpp/yaml-cpp_0.7.0%2bdfsg.orig.tar.xz)
  set(CMAKE_MESSAGE_LOG_LEVEL WARNING)
  set(CMAKE_POLICY_VERSION_MINIMUM 3.5) # its own minimum is older than CMake 4 allows
  set(CMAKE_WARN_DEPRECATED OFF)
  set(YAML_CPP_BUILD_TESTS OFF CACHE INTERNAL "")
  set(YAML_CPP_BUILD_TOOLS OFF CACHE INTERNAL "")
  set(YAML_CPP_BUILD_CONTRIB OFF CACHE INTERNAL "")
  set(YAML_CPP_INSTALL OFF CACHE INTERNAL "")
  set(YAML_BUILD_SHARED_LIBS OFF CACHE INTERNAL "")
  add_subdirectory("${source}" "${PROJECT_BINARY_DIR}/yaml-cpp" EXCLUDE_FROM_ALL)
  target_include_directories(yaml-cpp SYSTEM INTERFACE "${source}/include")
endfunction()

stagegate_add_yaml_cpp()
add_library(dep_yaml INTERFACE)
target_link_libraries(dep_yaml INTERFACE yaml-cpp)

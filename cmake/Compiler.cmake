# How our own code is compiled. Third-party sources do not get these flags (they are not ours to mend),
# except the sanitizers and the path map, which must hold for everything that ends up in one binary.
add_library(stagegate_options INTERFACE)
target_include_directories(stagegate_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(stagegate_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  # GCC 12 reports these in its own std::string and std::optional once it inlines (GCC bugs 105329, 105651, 105562).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>)

# The same bytes from every directory: __FILE__ and debug information name paths from the top of the repository.
add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "-ffile-prefix-map=${PROJECT_BINARY_DIR}=build")

if(STAGEGATE_SANITIZE)
  add_compile_options("-fsanitize=${STAGEGATE_SANITIZE}" -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${STAGEGATE_SANITIZE}")
endif()
if(STAGEGATE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-Os -DNDEBUG")
  set(CMAKE_C_FLAGS_RELEASE "-Os -DNDEBUG")
  add_compile_options(-ffunction-sections -fdata-sections -fstack-protector-strong -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,--gc-sections -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--build-id=sha1)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "")
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")
  set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

# What `--version` prints, and the date before which no honest clock can be (a gate refuses to judge by such a clock).
# Taken from the commit, never from the machine's clock, so that the same commit gives the same bytes.
set(STAGEGATE_REVISION "unknown")
set(STAGEGATE_BUILD_TIME 1795478400) # 2026-11-24, for builds from an archive without git
find_package(Git QUIET)
if(GIT_FOUND)
  execute_process(COMMAND "${GIT_EXECUTABLE}" -C "${PROJECT_SOURCE_DIR}" log -1 --format=%H:%ct
                  OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE git_failed)
  if(NOT git_failed AND head MATCHES "^([0-9a-f]+):([0-9]+)$")
    set(STAGEGATE_REVISION "${CMAKE_MATCH_1}")
    set(STAGEGATE_BUILD_TIME "${CMAKE_MATCH_2}")
  endif()
endif()
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(STAGEGATE_BUILD_TIME "$ENV{SOURCE_DATE_EPOCH}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/version.hpp.in" "${PROJECT_BINARY_DIR}/generated/stagegate/version.hpp" @ONLY)

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
  # A new commit, another branch or a reset changes one of these, and the next build configures anew. git says where
  # they are, because a linked work tree keeps its own HEAD elsewhere; not every repository keeps a log.
  execute_process(COMMAND "${GIT_EXECUTABLE}" -C "${PROJECT_SOURCE_DIR}" symbolic-ref --quiet HEAD
                  OUTPUT_VARIABLE branch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  foreach(name HEAD logs/HEAD packed-refs ${branch})
    execute_process(COMMAND "${GIT_EXECUTABLE}" -C "${PROJECT_SOURCE_DIR}" rev-parse --git-path "${name}"
                    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    get_filename_component(path "${path}" ABSOLUTE BASE_DIR "${PROJECT_SOURCE_DIR}")
    if(EXISTS "${path}" AND NOT IS_DIRECTORY "${path}")
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
    endif()
  endforeach()
endif()
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  set(STAGEGATE_BUILD_TIME "$ENV{SOURCE_DATE_EPOCH}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/version.hpp.in" "${PROJECT_BINARY_DIR}/generated/stagegate/version.hpp" @ONLY)

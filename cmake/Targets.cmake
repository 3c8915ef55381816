# The shapes of target that the project has.

# stagegate_library(NAME SOURCES ... [LINK ...]) - a folder of common/ or of a plugin as a static library.
function(stagegate_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC stagegate_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE})
  target_include_directories(${name} PRIVATE "${PROJECT_BINARY_DIR}/generated")
endfunction()

# stagegate_plugin(NAME SOURCES ... LINK ...) - one shipped program.
function(stagegate_plugin name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE stagegate_options ${ARG_LINK})
  if(STAGEGATE_STATIC)
    target_link_options(${name} PRIVATE -static-pie)
    stagegate_sbom(${name})
  endif()
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# stagegate_unit_test(NAME SOURCES ... LINK ...) - a Catch2 program; every TEST_CASE becomes a ctest test.
function(stagegate_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE stagegate_options ${ARG_LINK} Catch2::Catch2WithMain)
  target_include_directories(${name} PRIVATE "${PROJECT_BINARY_DIR}/generated")
  catch_discover_tests(${name} TEST_PREFIX "${name}: "
                       PROPERTIES ENVIRONMENT "STAGEGATE_DATA=${STAGEGATE_DATA}" TIMEOUT 120)
endfunction()

# stagegate_script_test(NAME LABEL [ENVIRONMENT ...]) - NAME_test.py beside the caller, a Python unittest.
# Every method of its test classes becomes a ctest test; its name without "test_" is the promise.
function(stagegate_script_test script label)
  cmake_parse_arguments(ARG "" "" "ENVIRONMENT" ${ARGN})
  set(path "${CMAKE_CURRENT_SOURCE_DIR}/${script}_test.py")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${path}")
  file(STRINGS "${path}" lines REGEX "^(class .*TestCase|    def test_)")
  foreach(line IN LISTS lines)
    if(line MATCHES "^class ([A-Za-z]+)")
      set(class "${CMAKE_MATCH_1}")
    elseif(line MATCHES "def test_([a-z0-9_]+)")
      set(method "${CMAKE_MATCH_1}")
      string(REPLACE "_" " " promise "${method}")
      add_test(NAME "${script}: ${promise}" COMMAND /usr/bin/python3 -B "${path}" "${class}.test_${method}")
      set_tests_properties("${script}: ${promise}" PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300 LABELS "${label}"
                           ENVIRONMENT "${ARG_ENVIRONMENT}")
    endif()
  endforeach()
endfunction()

# stagegate_fuzzer(NAME SOURCES ... LINK ...) - a libFuzzer program; ctest runs it for a fixed budget.
# Seeds live in tests/fuzz/seeds/NAME. The target `fuzzers` makes all of them, and nothing that none of them needs.
function(stagegate_fuzzer name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE stagegate_options ${ARG_LINK})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers)
  endif()
  add_dependencies(fuzzers ${name})
  set(corpus "${CMAKE_CURRENT_BINARY_DIR}/corpus/${name}")
  file(MAKE_DIRECTORY "${corpus}")
  add_test(NAME ${name} COMMAND ${name} -runs=50000 -max_total_time=20 -timeout=10 -rss_limit_mb=1024
           "${corpus}" "${CMAKE_CURRENT_SOURCE_DIR}/seeds/${name}")
endfunction()

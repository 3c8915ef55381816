# Third-party code. All of it comes from the distribution's packages (cmake/packages/*.txt), always as a static
# library or as headers, in every preset, so that what is tested is what is shipped. The one exception is libcurl:
# the distribution's libcurl.a needs a Kerberos that has no static library (cmake/Curl.cmake builds it from source).
find_package(Threads REQUIRED)

# header_library(NAME header) - an interface target for a header-only package, as a system include.
function(header_library name header)
  find_path(${name}_INCLUDE_DIR "${header}" REQUIRED)
  add_library(${name} INTERFACE)
  target_include_directories(${name} SYSTEM INTERFACE "${${name}_INCLUDE_DIR}")
endfunction()

header_library(dep_json nlohmann/json.hpp)
header_library(dep_expected tl/expected.hpp)
header_library(dep_date date/date.h)
# The server of the serve modes (common/http): Asio for the sockets, Beast for the parser. What decides is that a client
# that sends a byte now and then must not hold a place: with Asio every phase of a connection gets an absolute deadline
# of ours. libmicrohttpd documents its connection time-out as seconds of inactivity (MHD_OPTION_CONNECTION_TIMEOUT), so
# each byte renews it; a total limit would have to be built around it. cpp-httplib calls itself a blocking library: a
# connection occupies a worker thread until it ends, and its read time-out, too, is per read. Both are good at what
# they are for. The price here is compile time (Asio in two files, Beast in one) and a parser that is more forgiving
# than a gate may be: request_reader.cpp refuses around it.
header_library(dep_boost boost/beast/http.hpp)
header_library(dep_spdlog spdlog/spdlog.h)
# The packaged spdlog expects the packaged fmt; both are used header-only, in one translation unit (common/log).
target_compile_definitions(dep_spdlog INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)

include(FetchSource)
if(CMAKE_CROSSCOMPILING)
  include(YamlCpp)
else()
  find_library(YAML_CPP_A libyaml-cpp.a REQUIRED)
  add_library(dep_yaml STATIC IMPORTED)
  set_target_properties(dep_yaml PROPERTIES IMPORTED_LOCATION "${YAML_CPP_A}")
endif()

# The XML of results files (plugins/inttest-runner/results): a parser that reads in pieces, and that others attack daily.
find_library(EXPAT_A libexpat.a REQUIRED)
find_path(EXPAT_INCLUDE_DIR expat.h REQUIRED)
add_library(dep_expat STATIC IMPORTED)
set_target_properties(dep_expat PROPERTIES IMPORTED_LOCATION "${EXPAT_A}"
                      INTERFACE_INCLUDE_DIRECTORIES "${EXPAT_INCLUDE_DIR}")

if(STAGEGATE_TESTS)
  find_package(Catch2 REQUIRED)
  include(Catch)
  # Tests that compare with measured data read it from here and say "skipped: no data" where it is absent.
  get_filename_component(STAGEGATE_DATA "${PROJECT_SOURCE_DIR}/../shared/data" ABSOLUTE)
  if(DEFINED ENV{STAGEGATE_DATA})
    set(STAGEGATE_DATA "$ENV{STAGEGATE_DATA}")
  endif()
endif()

include(Curl)
include(Libssh) # after Curl, which finds OpenSSL and zlib, static

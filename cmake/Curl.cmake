# libcurl for HTTP and HTTPS only, from pinned source: target dep_curl.
#
# Why from source: the distribution's libcurl.a wants a Kerberos that has no static library. Why c-ares: a static
# program must not call getaddrinfo, which loads the host's name service modules into it, and with c-ares a connect
# time-out holds for the name look-up too. Everything else (OpenSSL, nghttp2, c-ares) is the distribution's, static.
set(CURL_VERSION 8.14.1)
set(CURL_SHA256 6766ada7101d292b42b8b15681120acd68effa4a9660935853cf6d61f0d984d4)

# In a function, so that none of these settings reaches the rest of the build.
function(stagegate_add_curl source)
  set(CMAKE_FIND_LIBRARY_SUFFIXES ".a") # else curl's own look-ups take the shared libraries
  set(CMAKE_MESSAGE_LOG_LEVEL WARNING)

  set(BUILD_SHARED_LIBS OFF)
  set(BUILD_STATIC_LIBS ON)
  set(BUILD_CURL_EXE OFF)
  set(BUILD_TESTING OFF)
  set(BUILD_EXAMPLES OFF)
  set(BUILD_LIBCURL_DOCS OFF)
  set(BUILD_MISC_DOCS OFF)
  set(ENABLE_CURL_MANUAL OFF)
  set(CURL_DISABLE_INSTALL ON)
  set(CURL_ENABLE_EXPORT_TARGET OFF)
  set(PICKY_COMPILER OFF)
  set(_CURL_PREFILL ON) # the answers for Linux come with curl: two seconds of configuring instead of fifteen

  set(HTTP_ONLY ON)
  set(CURL_USE_OPENSSL ON)
  set(USE_NGHTTP2 ON)
  set(ENABLE_ARES ON)
  set(CURL_USE_PKGCONFIG OFF)
  # A response is never unpacked: nobody can send a small answer that grows to gigabytes. (These, and the two below, in
  # the cache: curl makes cache entries of these names, which would hide a plain variable.)
  foreach(packing ZLIB BROTLI ZSTD)
    set(CURL_${packing} OFF CACHE INTERNAL "")
  endforeach()
  set(ZLIB_FOUND FALSE) # found below, but for OpenSSL only
  set(USE_LIBIDN2 OFF)
  set(CURL_USE_LIBPSL OFF)
  set(CURL_USE_LIBSSH2 OFF)
  set(CURL_USE_GSSAPI OFF)
  # Trust comes from our own settings (common/http/trust.hpp), never from a path found at build time.
  set(CURL_CA_BUNDLE none CACHE INTERNAL "")
  set(CURL_CA_PATH none CACHE INTERNAL "")
  foreach(feature ALTSVC SRP COOKIES DIGEST_AUTH KERBEROS_AUTH NEGOTIATE_AUTH AWS DOH GETOPTIONS HSTS MIME
          FORM_API BINDLOCAL NETRC NTLM PROGRESS_METER WEBSOCKETS SHA512_256
          OPENSSL_AUTO_LOAD_CONFIG)
    set(CURL_DISABLE_${feature} ON)
  endforeach()

  add_subdirectory("${source}" "${PROJECT_BINARY_DIR}/curl" EXCLUDE_FROM_ALL)
endfunction()

set(OPENSSL_USE_STATIC_LIBS ON)
set(suffixes "${CMAKE_FIND_LIBRARY_SUFFIXES}")
set(CMAKE_FIND_LIBRARY_SUFFIXES ".a")
find_package(ZLIB QUIET) # the OpenSSL of Debian 13 was built with it
set(CMAKE_FIND_LIBRARY_SUFFIXES "${suffixes}")
find_package(OpenSSL 3.0 REQUIRED)
stagegate_fetch_source(curl_source curl "${CURL_VERSION}" "${CURL_SHA256}"
                       "pool/main/c/curl/curl_${CURL_VERSION}.orig.tar.gz"
                       "https://curl.se/download/curl-${CURL_VERSION}.tar.gz")
stagegate_add_curl("${curl_source}")

add_library(dep_curl INTERFACE)
target_include_directories(dep_curl SYSTEM INTERFACE "${curl_source}/include")
target_compile_definitions(dep_curl INTERFACE CURL_STATICLIB)
target_link_libraries(dep_curl INTERFACE libcurl_static OpenSSL::SSL OpenSSL::Crypto)

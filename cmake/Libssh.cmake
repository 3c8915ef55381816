# libssh for Git over SSH (gitea-mirror): target dep_libssh, the distribution's static library.
#
# Why not libssh2: Debian 12's cannot sign with RSA keys and SHA-2, the only way that GitHub and current OpenSSH servers
# take an RSA key. Why not the program `ssh`: it wants the key in a file, a line in /etc/passwd, and shared libraries.
#
# libssh is under the LGPL 2.1 (README.md, "Licence"): whoever wants another libssh in a program builds it anew from
# these sources, with LIBSSH_A naming that library.
find_library(LIBSSH_A libssh.a REQUIRED)
find_path(LIBSSH_INCLUDE_DIR libssh/libssh.h REQUIRED)

# The distribution built it with GSSAPI (Kerberos), which has no static library.
add_library(libssh_without_gssapi STATIC "${CMAKE_CURRENT_LIST_DIR}/without_gssapi.c")

add_library(dep_libssh INTERFACE)
target_include_directories(dep_libssh SYSTEM INTERFACE "${LIBSSH_INCLUDE_DIR}")
target_link_libraries(dep_libssh INTERFACE "${LIBSSH_A}" libssh_without_gssapi OpenSSL::Crypto ZLIB::ZLIB Threads::Threads)

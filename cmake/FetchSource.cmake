# stagegate_fetch_source(RESULT NAME VERSION SHA256 POOL_PATH [URL ...]) - fetches a pinned source archive and unpacks it
# once for all builds of this tree; RESULT is set to its folder (cmake/fetch-source.sh says where it is looked for).
set(STAGEGATE_CACHE "${PROJECT_SOURCE_DIR}/.cache" CACHE PATH "Where fetched sources are kept (never committed)")

function(stagegate_fetch_source result name version sha256 pool_path)
  set(folder "${STAGEGATE_CACHE}/${name}-${version}")
  set(${result} "${folder}" PARENT_SCOPE)
  if(EXISTS "${folder}/CMakeLists.txt")
    return()
  endif()
  string(REGEX MATCH "tar\\.[a-z0-9]+$" suffix "${pool_path}")
  set(archive "${folder}.${suffix}")
  execute_process(
    COMMAND "${PROJECT_SOURCE_DIR}/cmake/fetch-source.sh" "${archive}" "${sha256}" "${pool_path}" ${ARGN}
    RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${name} ${version} is needed and could not be fetched (see above)")
  endif()
  # Unpacked aside and renamed, so that two builds that start together never see half a tree.
  string(RANDOM LENGTH 8 random)
  set(aside "${STAGEGATE_CACHE}/.unpack.${random}")
  file(ARCHIVE_EXTRACT INPUT "${archive}" DESTINATION "${aside}")
  file(GLOB unpacked "${aside}/*")
  file(RENAME "${unpacked}" "${folder}" RESULT somebody_was_first)
  file(REMOVE_RECURSE "${aside}")
endfunction()

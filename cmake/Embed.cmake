# stagegate_embed(TARGET NAMESPACE ns FILES a b ...) - puts files into the binary.
# Generates embedded_<target>.hpp with `std::span<const ns::File> ns::files()`; a File is {name, bytes}.
# The name is the file's name without its folder.
function(stagegate_embed target)
  cmake_parse_arguments(ARG "" "NAMESPACE" "FILES" ${ARGN})
  set(header "${PROJECT_BINARY_DIR}/generated/embedded_${target}.hpp")
  set(source "${PROJECT_BINARY_DIR}/generated/embedded_${target}.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed.cmake")
  add_custom_command(
    OUTPUT "${header}" "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DHEADER=${header}" "-DSOURCE=${source}" "-DNAMESPACE=${ARG_NAMESPACE}"
            "-DFILES=${ARG_FILES}" -P "${script}"
    DEPENDS ${ARG_FILES} "${script}"
    VERBATIM)
  target_sources(${target} PRIVATE "${header}" "${source}")
  # The target `embedded` makes these files and builds nothing: enough for what only reads sources, like clang-tidy.
  add_custom_target(${target}_embedded DEPENDS "${header}" "${source}")
  add_dependencies(${target} ${target}_embedded)
  if(NOT TARGET embedded)
    add_custom_target(embedded)
  endif()
  add_dependencies(embedded ${target}_embedded)
endfunction()

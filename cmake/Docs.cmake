# stagegate_docs_test(NAME) - the settings table in plugins/NAME/docs.md is what `NAME --docs` prints.
# ctest fails when it is not; the target `docs` writes it anew.
function(stagegate_docs_test name)
  set(script "${PROJECT_SOURCE_DIR}/cmake/docs_block.cmake")
  set(arguments "-DPROGRAM=$<TARGET_FILE:${name}>" "-DDOCS=${PROJECT_SOURCE_DIR}/plugins/${name}/docs.md")
  add_custom_target(docs_${name}
    COMMAND "${CMAKE_COMMAND}" ${arguments} -DMODE=write -P "${script}"
    DEPENDS ${name}
    VERBATIM)
  if(NOT TARGET docs)
    add_custom_target(docs)
  endif()
  add_dependencies(docs docs_${name})
  if(STAGEGATE_TESTS)
    add_test(NAME "docs: the settings of ${name} are documented as they are"
             COMMAND "${CMAKE_COMMAND}" ${arguments} -DMODE=check -P "${script}")
  endif()
endfunction()

# stagegate_sbom(PROGRAM) - installs a bill of materials beside the program: what its linker really took, and from where.
# Made at install time, because only a finished ninja tells which headers each object was made from.
function(stagegate_sbom program)
  find_program(STAGEGATE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)
  set(map "${CMAKE_CURRENT_BINARY_DIR}/${program}.map")
  target_link_options(${program} PRIVATE "-Wl,-Map=${map}")
  install(CODE "
    set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/share/doc/stagegate\")
    file(MAKE_DIRECTORY \"\${folder}\")
    execute_process(
      COMMAND \"${STAGEGATE_PYTHON}\" \"${PROJECT_SOURCE_DIR}/cmake/sbom.py\" program \"${program}\"
              --map \"${map}\" --build \"${PROJECT_BINARY_DIR}\" --ninja \"${CMAKE_MAKE_PROGRAM}\"
              --version \"${PROJECT_VERSION}\" --revision \"${STAGEGATE_REVISION}\" --time \"${STAGEGATE_BUILD_TIME}\"
              --arch \"${CMAKE_SYSTEM_PROCESSOR}\"
              --output \"\${folder}/${program}.cdx.json\"
      COMMAND_ERROR_IS_FATAL ANY)")
endfunction()

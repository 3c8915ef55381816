# The tz data inside the binary: the distribution's own source (tzdata.zi, so that its security updates are what counts),
# compiled by zic. Every file ends in a rule for all later years, which common/time reads. "Fat" files, because the zic of
# glibc 2.36 drops transitions from slim ones: Asia/Gaza from 2073, America/Ojinaga in November 2022. The version is the
# one of the source's first line, "# version 2026f".
find_file(TZDATA_ZI tzdata.zi PATHS /usr/share/zoneinfo REQUIRED)
find_program(ZIC zic PATHS /usr/sbin /sbin REQUIRED)

# stagegate_embed_time_zones(TARGET) - adds the generated source of zone_data.hpp to the target.
function(stagegate_embed_time_zones target)
  set(source "${PROJECT_BINARY_DIR}/generated/zone_data.cpp")
  set(script "${PROJECT_SOURCE_DIR}/cmake/pack_time_zones.cmake")
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DZIC=${ZIC}" "-DTZDATA_ZI=${TZDATA_ZI}" "-DSOURCE=${source}"
            "-DSCRATCH=${PROJECT_BINARY_DIR}/zoneinfo" -P "${script}"
    DEPENDS "${TZDATA_ZI}" "${script}"
    VERBATIM)
  target_sources(${target} PRIVATE "${source}")
endfunction()

# Run by stagegate_embed_time_zones at build time: TZDATA_ZI -> SOURCE. All zones lie in one array, each distinct one
# once (a quarter of the names are links); the table of names is sorted by byte for binary search.
file(STRINGS "${TZDATA_ZI}" first_line LIMIT_COUNT 1)
if(NOT first_line MATCHES "^# version ([0-9a-z-]+)")
  message(FATAL_ERROR "${TZDATA_ZI} does not begin with its version")
endif()
set(version "${CMAKE_MATCH_1}")

file(REMOVE_RECURSE "${SCRATCH}")
execute_process(COMMAND "${ZIC}" -b fat -d "${SCRATCH}" "${TZDATA_ZI}" RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "zic could not compile ${TZDATA_ZI}")
endif()

file(GLOB_RECURSE names RELATIVE "${SCRATCH}" "${SCRATCH}/*")
list(SORT names COMPARE STRING)
set(empty_block "545a696632") # "TZif2", 15 reserved bytes and six counts of zero
string(REPEAT "00" 39 zeros)
string(APPEND empty_block "${zeros}")
set(arrays "")
set(entries "")
set(offset 0)
foreach(name IN LISTS names)
  file(MD5 "${SCRATCH}/${name}" digest)
  if(NOT DEFINED place_${digest})
    file(READ "${SCRATCH}/${name}" hex HEX)
    # The first block is for readers with 32-bit times, of which we have none: an empty one saves a third.
    string(SUBSTRING "${hex}" 8 -1 rest)
    string(FIND "${rest}" "545a6966" second_header)
    string(SUBSTRING "${rest}" "${second_header}" -1 hex)
    set(hex "${empty_block}${hex}")
    string(LENGTH "${hex}" digits)
    math(EXPR size "${digits} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays "    ${bytes}\n")
    set(place_${digest} "${offset}, ${size}")
    math(EXPR offset "${offset} + ${size}")
  endif()
  string(APPEND entries "    {\"${name}\", ${place_${digest}}},\n")
endforeach()
file(REMOVE_RECURSE "${SCRATCH}")

file(WRITE "${SOURCE}" "#include \"common/time/zone_data.hpp\"
namespace stagegate::time {
namespace {
constexpr unsigned char kBytes[] = {
${arrays}};
constexpr EmbeddedZone kZones[] = {
${entries}};
}  // namespace
std::span<const EmbeddedZone> embedded_zones() { return kZones; }
std::string_view embedded_bytes(const EmbeddedZone& zone) {
  return {reinterpret_cast<const char*>(kBytes) + zone.offset, zone.size};
}
std::string_view embedded_version() { return \"${version}\"; }
}  // namespace stagegate::time
")

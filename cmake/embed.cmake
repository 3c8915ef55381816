# Run by stagegate_embed at build time: FILES -> HEADER and SOURCE.
get_filename_component(header_name "${HEADER}" NAME)
file(WRITE "${HEADER}" "#pragma once
#include <span>
#include <string_view>
namespace ${NAMESPACE} {
struct File {
  std::string_view name;
  std::string_view bytes;
};
std::span<const File> files();
}  // namespace ${NAMESPACE}
")
set(arrays "")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  # The trailing zero keeps an empty file a legal array; it is not counted.
  string(APPEND arrays "constexpr unsigned char kFile${index}[] = {${bytes}0};\n")
  string(APPEND entries "    {\"${name}\", {reinterpret_cast<const char*>(kFile${index}), ${size}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${SOURCE}" "#include \"${header_name}\"
namespace ${NAMESPACE} {
namespace {
${arrays}
const File kFiles[] = {
${entries}};
}  // namespace
std::span<const File> files() { return kFiles; }
}  // namespace ${NAMESPACE}
")

#include "common/text/yaml_reader.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "common/text/text.hpp"

namespace stagegate::text {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// A null mark has -1 everywhere.
Position position(const YAML::Mark& mark) {
  return {std::max(0, mark.line) + 1, std::max(0, mark.column) + 1};
}

// The parser's events in our words.
class Adapter : public YAML::EventHandler {
 public:
  // The parser counts from behind the byte order mark.
  Adapter(YamlHandler& handler, std::size_t skipped) : handler_(handler), skipped_(skipped) {}

  void OnDocumentStart(const YAML::Mark& mark) override { handler_.on_document(of(mark)); }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& /*mark*/, const std::string& name) override {
    handler_.on_anchor(name);
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    handler_.on_null(of(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    handler_.on_scalar(of(mark), tag, anchor, value);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    handler_.on_alias(of(mark), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    handler_.on_list(of(mark), tag, anchor, of(style));
  }
  void OnSequenceEnd() override { handler_.on_end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    handler_.on_map(of(mark), tag, anchor, of(style));
  }
  void OnMapEnd() override { handler_.on_end(); }

 private:
  YamlMark of(const YAML::Mark& mark) const {
    return {position(mark), static_cast<std::size_t>(std::max(0, mark.pos)) + skipped_};
  }
  static YamlHandler::Style of(YAML::EmitterStyle::value style) {
    if (style == YAML::EmitterStyle::Flow) return YamlHandler::Style::flow;
    if (style == YAML::EmitterStyle::Block) return YamlHandler::Style::block;
    return YamlHandler::Style::standard;
  }

  YamlHandler& handler_;
  std::size_t skipped_;
};

// The parser does not check its input: it takes 0x04 for the end of the file, looks for UTF-16 and
// lets malformed UTF-8 through.
std::optional<YamlRefused> foreign_character(std::string_view text) {
  Position at;
  std::size_t i = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (i < text.size()) {
    const std::size_t length = utf8_sequence(text, i);
    if (length == 0) return YamlRefused{at, "no valid UTF-8"};
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool control =
        (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (control)
      return YamlRefused{at, cat("the control character ", int{byte}, " is not allowed")};
    at = byte == '\n' ? Position{at.line + 1, 1}
                      : Position{at.line, at.column + static_cast<int>(length)};
    i += length;
  }
  return std::nullopt;
}

// The parser takes a quoted text that is never closed for a closed one when the file ends behind a
// line break. A comment there makes it see the fault, and means nothing otherwise.
std::string guarded(std::string_view text) {
  std::string out(text);
  const std::size_t last = text.find_last_not_of(" \t");
  const bool ends_on_blank_line =
      last != std::string_view::npos && (text[last] == '\n' || text[last] == '\r');
  if (ends_on_blank_line) out += last + 1 == text.size() ? "#" : "\n#";
  return out;
}

}  // namespace

Result<> read_yaml(std::string_view text, std::size_t most_bytes, YamlHandler& handler) {
  if (text.size() > most_bytes) {
    return usage(
        located({}, cat("YAML of ", text.size(), " bytes: at most ", most_bytes, " are read")));
  }
  if (const auto refused = foreign_character(text)) {
    return usage(located(refused->at, refused->why));
  }
  try {
    std::istringstream stream(guarded(text));
    YAML::Parser parser(stream);
    Adapter adapter(handler, text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    while (parser.HandleNextDocument(adapter)) {
    }
    return {};
  } catch (const YamlRefused& refused) {
    return usage(located(refused.at, refused.why));
  } catch (const YAML::Exception& failure) {
    return usage(located(position(failure.mark), failure.msg));
  } catch (const std::exception& failure) {
    return usage(located({}, failure.what()));
  }
}

}  // namespace stagegate::text

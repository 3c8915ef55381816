#include "plugins/inttest-runner/results/xml_stream.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include <expat.h>

#include "common/text/text.hpp"

namespace stagegate::inttest {
namespace {

using text::cat;

constexpr int kDeepest = 64;
constexpr std::size_t kFedAtOnce = 64u << 10;

// Expat keeps a tag until it ends, and every name that it has ever seen. It asks for memory without
// saying for which document, hence the limit is for all documents of a thread.
constexpr std::size_t kMostMemory = 8u << 20;
thread_local std::size_t memory_in_use = 0;

struct alignas(std::max_align_t) Block {
  std::size_t size;
};

void* resize(void* memory, std::size_t size) {
  Block* block = memory == nullptr ? nullptr : static_cast<Block*>(memory) - 1;
  const std::size_t before = block == nullptr ? 0 : block->size;
  if (size > kMostMemory - std::min(kMostMemory, memory_in_use - before)) return nullptr;
  auto* resized = static_cast<Block*>(std::realloc(block, sizeof(Block) + size));
  if (resized == nullptr) return nullptr;
  resized->size = size;
  memory_in_use = memory_in_use - before + size;
  return resized + 1;
}
void* allocate(std::size_t size) {
  return resize(nullptr, size);
}
void release(void* memory) {
  if (memory == nullptr) return;
  Block* block = static_cast<Block*>(memory) - 1;
  memory_in_use -= block->size;
  std::free(block);
}
constexpr XML_Memory_Handling_Suite kMemory = {allocate, resize, release};

}  // namespace

std::optional<std::string_view> XmlAttributes::find(std::string_view name) const {
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    if (pair[0] == name) return pair[1];
  }
  return std::nullopt;
}

class XmlStream::Parser {
 public:
  explicit Parser(Listener& listener)
      : listener_(listener), expat_(XML_ParserCreate_MM(nullptr, &kMemory, nullptr)) {
    if (expat_ == nullptr) {
      failure_ = unknown("there is no memory left to read XML with").value();
      return;
    }
    XML_SetUserData(expat_, this);
    XML_SetElementHandler(expat_, on_begin, on_end);
    XML_SetCharacterDataHandler(expat_, on_text);
    XML_SetStartDoctypeDeclHandler(expat_, on_document_type);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { XML_ParserFree(expat_); }

  Result<> parse(std::string_view bytes, bool last) {
    if (failure_) return forward(*failure_);
    const auto status =
        XML_Parse(expat_, bytes.data(), static_cast<int>(bytes.size()), last ? 1 : 0);
    if (failure_) return forward(*failure_);
    if (status == XML_STATUS_OK) return {};
    failure_ = wrong(trouble(XML_GetErrorCode(expat_)));
    return forward(*failure_);
  }

  std::size_t line() const { return XML_GetCurrentLineNumber(expat_); }

 private:
  static std::string_view trouble(XML_Error error) {
    if (error == XML_ERROR_NO_MEMORY) return "a tag, or all names together, are too large";
    return XML_ErrorString(error);
  }

  Failure wrong(std::string_view why) const {
    return usage(
               cat("line ", line(), ", column ", XML_GetCurrentColumnNumber(expat_) + 1, ": ", why))
        .value();
  }

  // Expat may still call after it was told to stop.
  void stop(Failure failure) {
    failure_ = std::move(failure);
    XML_StopParser(expat_, XML_FALSE);
  }

  static void on_begin(void* self, const char* name, const char** attributes) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure_) return;
    if (++parser.depth_ > kDeepest) {
      return parser.stop(parser.wrong(cat("nested deeper than ", kDeepest, " levels")));
    }
    auto taken = parser.listener_.on_begin(name, XmlAttributes(attributes));
    if (!taken) parser.stop(std::move(taken.error()));
  }

  static void on_end(void* self, const char* /*name*/) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure_) return;
    --parser.depth_;
    auto taken = parser.listener_.on_end();
    if (!taken) parser.stop(std::move(taken.error()));
  }

  static void on_text(void* self, const char* text, int length) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure_) return;
    parser.listener_.on_text({text, static_cast<std::size_t>(length)});
  }

  static void on_document_type(void* self, const char* /*name*/, const char* /*system*/,
                               const char* /*public_id*/, int /*has_internal_subset*/) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.failure_) return;
    parser.stop(parser.wrong("a document type is not accepted; write the file without <!DOCTYPE"));
  }

  Listener& listener_;
  XML_Parser expat_;
  std::optional<Failure> failure_;
  int depth_ = 0;
};

XmlStream::XmlStream(Listener& listener) : parser_(std::make_unique<Parser>(listener)) {}
XmlStream::~XmlStream() = default;

Result<> XmlStream::feed(std::string_view bytes) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kFedAtOnce, bytes.size()))) {
    if (auto parsed = parser_->parse(bytes.substr(0, kFedAtOnce), false); !parsed) return parsed;
  }
  return {};
}

Result<> XmlStream::finish() {
  return parser_->parse({}, true);
}

std::size_t XmlStream::line() const {
  return parser_->line();
}

}  // namespace stagegate::inttest

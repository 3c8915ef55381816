// JSON of any size, told token by token while it arrives, in bounded memory: lists of tags, files
// of test results.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::text {

enum class JsonToken {
  begin_object,
  end_object,
  begin_array,
  end_array,
  key,     // with its text
  string,  // with its text
  number,  // as written
  true_,
  false_,
  null,
};

struct JsonStreamLimits {
  int depth = 64;
  // Texts longer than this are told cut, at the end of a character: whoever needs them whole asks
  // JsonStream::cut(). A number that long is refused, because its beginning is another number.
  std::size_t longest = 64u << 10;
};

// Strict RFC 8259: one value, nothing behind it, valid UTF-8. Duplicate members are the caller's.
class JsonStream {
 public:
  // `text` is valid during the call. A failure ends the stream and is feed()'s or finish()'s.
  using Each = std::function<Result<>(JsonToken token, std::string_view text)>;

  explicit JsonStream(Each each, JsonStreamLimits limits = {});
  ~JsonStream();
  JsonStream(JsonStream&&) noexcept;
  JsonStream& operator=(JsonStream&&) noexcept;
  JsonStream(const JsonStream&) = delete;
  JsonStream& operator=(const JsonStream&) = delete;

  // Fails (usage) with "line L, column C: ..." at what is no JSON.
  Result<> feed(std::string_view bytes);
  // Nothing more comes: fails when the value is not whole.
  Result<> finish();

  // Within Each: whether the text is only the beginning of what is there.
  bool cut() const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace stagegate::text

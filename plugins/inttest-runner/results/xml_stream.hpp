// XML of any size, told tag by tag while it arrives, in bounded memory. Expat does the work, in
// xml_stream.cpp only.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "common/result/result.hpp"

namespace stagegate::inttest {

class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  std::optional<std::string_view> find(std::string_view name) const;
  // Empty when it is not there.
  std::string_view text(std::string_view name) const { return find(name).value_or(""); }

 private:
  const char** pairs_;  // a name, its value, ..., null
};

// Well-formed XML 1.0 in UTF-8, UTF-16, ISO-8859-1 or ASCII; everything is told in UTF-8. A
// document type is refused, and with it every entity that a document could declare: nothing in a
// results file needs one, and their expansion has no end.
class XmlStream {
 public:
  class Listener {
   public:
    Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    virtual ~Listener() = default;
    // A failure ends the stream and is feed()'s or finish()'s. Names and texts are valid during
    // the call; the text of an element may come in several pieces.
    virtual Result<> on_begin(std::string_view element, const XmlAttributes& attributes) = 0;
    virtual Result<> on_end() = 0;
    virtual void on_text(std::string_view text) = 0;
  };

  // The listener must live as long as the stream.
  explicit XmlStream(Listener& listener);
  ~XmlStream();
  XmlStream(const XmlStream&) = delete;
  XmlStream& operator=(const XmlStream&) = delete;

  // Fails (usage) with "line L, column C: ..." at what is no such XML.
  Result<> feed(std::string_view bytes);
  // Nothing more comes: fails when the document is not whole.
  Result<> finish();

  // Within a call of the listener.
  std::size_t line() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace stagegate::inttest

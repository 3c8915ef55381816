#include "common/http/request_reader.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/http/target.hpp"
#include "common/text/text.hpp"

namespace stagegate::http {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::string_body>;
using ParseError = beast::http::error;

// Some clients send an empty line after a body (RFC 9112, 2.2); one that sends more is no client.
constexpr int kMostEmptyLines = 4;
// A buffer that one long request has grown is given back rather than kept for the life of the
// connection.
constexpr std::size_t kKeptCapacity = 4096;
// "0 CR LF CR LF": no chunked body has fewer bytes to come. Beast 1.74 asserts that it is never
// asked to look at part of these, so it is not asked.
constexpr std::size_t kShortestEnd = 5;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

Refusal malformed(std::string_view why) {
  return {400, text::cat("malformed request: ", why)};
}

Refusal refusal_for(const beast::error_code& error) {
  if (error == ParseError::header_limit) return {431, "the header is too large"};
  if (error == ParseError::body_limit) return {413, "the body is too large"};
  return malformed(error.message());
}

// "HTTP/2.0" at the end of the request line is an honest version, anything else there is noise.
bool names_a_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::string_view word = line.substr(std::min(line.rfind(' '), line.size() - 1) + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return word.size() == 8 && word.starts_with("HTTP/") && digit(word[5]) && word[6] == '.' &&
         digit(word[7]);
}

bool is_token_or(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  });
}

// Fields that mean one thing only when there is one of them. Two of the first three are how
// requests are smuggled past a proxy that believes the other one (RFC 9112, 6.3 and 11.2).
constexpr std::array<std::string_view, 6> kSingle = {
    "content-length", "transfer-encoding", "host", "authorization", "content-type", "expect"};

}  // namespace

struct RequestReader::Parsing {
  explicit Parsing(RequestLimits given) : limits(given) {}

  const RequestLimits limits;
  State state = State::idle;
  std::string held;         // bytes that no parser has taken yet
  std::size_t scanned = 0;  // of `held`, while the header is incomplete
  int empty_lines = 0;
  std::optional<Parser> parser;
  ServerRequest request;
  bool old_protocol = false;
  bool waits_for_continue = false;
  Refusal refusal;

  void refuse(Refusal why) {
    refusal = std::move(why);
    state = State::refused;
    held.clear();
    parser.reset();
  }

  void advance();
  void skip_empty_lines();
  std::size_t find_end_of_head();
  void parse_head(std::string_view head);
  void parse_body();
  void check_head(const Parser::value_type& message);
  void check_framing(const Parser::value_type& message);
};

void RequestReader::Parsing::advance() {
  if (state == State::idle) {
    skip_empty_lines();
    const bool half_an_empty_line = held == "\r";
    if (state == State::idle && !held.empty() && !half_an_empty_line) state = State::head;
  }
  if (state == State::head) {
    const std::size_t size = find_end_of_head();
    if (size != 0) {
      parse_head(std::string_view(held).substr(0, size));
      held.erase(0, std::min(size, held.size()));
      scanned = 0;
    }
  }
  if (state == State::body) parse_body();
}

void RequestReader::Parsing::skip_empty_lines() {
  while (held.starts_with("\r\n")) {
    held.erase(0, 2);
    if (++empty_lines > kMostEmptyLines) return refuse(malformed("empty lines and no request"));
  }
}

// The size of the header with its empty line, or 0 as long as that is not there. Looks at every
// byte once and refuses at the first that no header can hold: a TLS handshake sent to this port is
// answered at once instead of after a time-out. Also refused are a bare CR or LF and folded lines,
// which Beast would unfold and other parsers split.
std::size_t RequestReader::Parsing::find_end_of_head() {
  for (; scanned < held.size(); ++scanned) {
    const char c = held[scanned];
    const char before = scanned == 0 ? '\0' : held[scanned - 1];
    if (scanned >= limits.header_bytes) {
      const bool in_first_line = held.find('\r') >= limits.header_bytes;
      refuse(in_first_line ? Refusal{414, "the request line is too long"}
                           : Refusal{431, "the header is too large"});
      return 0;
    }
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    if ((before == '\r') != (c == '\n') || (control && c != '\r' && c != '\n')) {
      refuse(malformed("a control character in the header"));
      return 0;
    }
    if (before == '\n' && (c == ' ' || c == '\t')) {
      refuse(malformed("a folded header line"));
      return 0;
    }
    if (c == '\n' && scanned >= 3 && held[scanned - 2] == '\n') return scanned + 1;
  }
  return 0;
}

void RequestReader::Parsing::parse_head(std::string_view head) {
  parser.emplace();
  parser->header_limit(static_cast<std::uint32_t>(head.size() + 1));
  parser->body_limit(limits.body_bytes);
  beast::error_code error;
  parser->put(boost::asio::buffer(head.data(), head.size()), error);
  if (error == ParseError::bad_version && names_a_version(head)) {
    return refuse({505, "this server speaks HTTP/1.1 and HTTP/1.0"});
  }
  if (error) return refuse(refusal_for(error));
  const auto& message = parser->get();
  request = {};
  old_protocol = message.version() < 11;
  request.method = view(message.method_string());
  for (const auto& field : message) {
    request.fields.emplace_back(text::lower(view(field.name_string())), view(field.value()));
  }
  check_head(message);
  if (state != State::refused) state = State::body;
}

void RequestReader::Parsing::check_head(const Parser::value_type& message) {
  for (const std::string_view name : kSingle) {
    const auto same = [&](const Field& field) { return field.first == name; };
    if (std::count_if(request.fields.begin(), request.fields.end(), same) > 1) {
      return refuse(malformed(text::cat("more than one ", name)));
    }
  }
  check_framing(message);
  if (state == State::refused) return;

  const std::string* host = request.header("host");
  if (host == nullptr && !old_protocol) return refuse(malformed("no Host"));
  if (host != nullptr && !is_token_or(*host, "-._~%!$&'()*+,;=:[]")) {
    return refuse(malformed("Host is no host"));
  }
  auto target = parse_target(request.method, view(message.target()));
  if (!target) return refuse(malformed(target.error().message));
  request.path = std::move(target->path);
  request.query = std::move(target->query);
}

// What tells where the body ends must be beyond doubt.
void RequestReader::Parsing::check_framing(const Parser::value_type& message) {
  if (const std::string* length = request.header("content-length")) {
    if (request.header("transfer-encoding") != nullptr) {
      return refuse(malformed("both Content-Length and Transfer-Encoding"));
    }
    // Beast takes "5, 5" too.
    if (!is_token_or(*length, "") || !text::parse_int(*length)) {
      return refuse(malformed("Content-Length is no number"));
    }
  }
  if (const std::string* coding = request.header("transfer-encoding")) {
    if (old_protocol) return refuse(malformed("Transfer-Encoding in HTTP/1.0"));
    // Beast takes a request whose last coding is not chunked for one without a body.
    if (text::lower(*coding) != "chunked") {
      return refuse({501, "the only transfer encoding known here is chunked"});
    }
  }
  const std::string* expect = request.header("expect");
  if (expect != nullptr && !old_protocol) {
    if (text::lower(*expect) != "100-continue") {
      return refuse({417, "the only expectation known here is 100-continue"});
    }
    waits_for_continue =
        message.find(beast::http::field::content_length) != message.end() || message.chunked();
  }
}

void RequestReader::Parsing::parse_body() {
  if (!held.empty()) waits_for_continue = false;
  parser->eager(true);
  const std::size_t least = parser->chunked() ? kShortestEnd : 1;
  while (!parser->is_done() && held.size() >= least) {
    beast::error_code error;
    const std::size_t taken = parser->put(boost::asio::buffer(held), error);
    held.erase(0, taken);
    if (error == ParseError::need_more) {
      // Only the line that begins a chunk and the trailer are held until they are whole.
      if (held.size() > limits.header_bytes) refuse({431, "a chunk's line or trailer is too long"});
      return;
    }
    if (error) return refuse(refusal_for(error));
  }
  if (parser->is_done()) state = State::complete;
}

RequestReader::RequestReader(RequestLimits limits) : parsing_(std::make_unique<Parsing>(limits)) {}
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::state() const {
  return parsing_->state;
}
const Refusal& RequestReader::refusal() const {
  return parsing_->refusal;
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
  if (parsing_->state == State::refused) return State::refused;
  parsing_->held.append(bytes);
  parsing_->advance();
  return parsing_->state;
}

bool RequestReader::must_say_continue() {
  return parsing_->state == State::body && std::exchange(parsing_->waits_for_continue, false);
}

RequestReader::Taken RequestReader::take() {
  Parsing& parsing = *parsing_;
  Taken taken{std::move(parsing.request), parsing.parser->keep_alive(), parsing.old_protocol};
  taken.request.body = std::move(parsing.parser->get().body());
  parsing.parser.reset();
  parsing.waits_for_continue = false;
  parsing.empty_lines = 0;
  parsing.state = State::idle;
  if (parsing.held.empty() && parsing.held.capacity() > kKeptCapacity) parsing.held.shrink_to_fit();
  parsing.advance();
  return taken;
}

}  // namespace stagegate::http

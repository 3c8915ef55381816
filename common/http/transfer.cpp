#include "common/http/transfer.hpp"

#include <cstring>

#include <openssl/ssl.h>

#include "common/text/text.hpp"

namespace stagegate::http {

template <class Value>
void Transfer::set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(curl_.get(), option, value);
  if (set_up_ == CURLE_OK) set_up_ = code;
}

Transfer::Transfer(const Wiring& wiring, Plan plan)
    : plan_(std::move(plan)), curl_(curl_easy_init()) {
  if (!curl_) {
    set_up_ = CURLE_OUT_OF_MEMORY;
    return;
  }
  if (plan_.request->on_line) lines_.emplace(plan_.request->on_line, plan_.request->longest_line);
  set(CURLOPT_ERRORBUFFER, detail_.data());
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set_connection(wiring);
  set_tls(wiring);
  set_method_and_body();
  set_headers(wiring);
  set_credential();
}

void Transfer::set_connection(const Wiring& wiring) {
  const bool secure = plan_.asked.url.scheme == "https";
  set(CURLOPT_URL, plan_.asked.url.text().c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);  // signals belong to the program
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(wiring.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(plan_.timeout.count()));
  // Not by libcurl's lowest speed: that is an average, and takes the two bytes of a keep-alive for
  // nothing.
  if (plan_.request->stall.count() > 0) {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  }
  if (streams()) set(CURLOPT_BUFFERSIZE, 256L * 1024);

  const bool http1 = plan_.http1 || plan_.request->protocol == Protocol::http1;
  set(CURLOPT_HTTP_VERSION,
      static_cast<long>(http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);  // rather share a connection that is being made than make one more
  // libcurl repeats a request by itself when a kept connection turns out to be dead: it cannot know
  // whether the server had acted on it. What must not be repeated gets a new connection.
  if (!is_repeatable(*plan_.request)) set(CURLOPT_FRESH_CONNECT, 1L);

  // Always set, even to nothing: libcurl's own reading of the environment differs (it never takes
  // HTTP_PROXY).
  const std::string& proxy = secure ? wiring.proxies.https : wiring.proxies.http;
  proxy_ = shown_url(proxy);
  set(CURLOPT_PROXY, proxy.c_str());
  set(CURLOPT_NOPROXY, wiring.proxies.except.c_str());
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void Transfer::set_tls(const Wiring& wiring) {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));  // or newer
  if (wiring.insecure) {
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
  } else if (wiring.trust != nullptr) {
    trust_words_ = wiring.trust->words();
    set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls_context);
    set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(wiring.trust->store()));
  }
}

void Transfer::set_method_and_body() {
  const Method method = plan_.asked.method;
  if (method == Method::head) {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  const bool wants_body =
      method == Method::post || method == Method::put || method == Method::patch;
  const auto* source = std::get_if<BodySource>(&plan_.request->body);
  if (plan_.asked.with_body && source != nullptr) {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_UPLOAD_BUFFERSIZE, 256L * 1024);
    set(CURLOPT_READFUNCTION, &Transfer::on_read);
    set(CURLOPT_READDATA, static_cast<void*>(this));
    set(CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
    set(CURLOPT_SEEKDATA, static_cast<void*>(this));
    set(CURLOPT_INFILESIZE_LARGE,
        source->size ? static_cast<curl_off_t>(*source->size) : curl_off_t{-1});
  } else if (plan_.asked.with_body) {
    const auto& bytes = std::get<std::string>(plan_.request->body);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    set(CURLOPT_POSTFIELDS, bytes.data());
  } else if (wants_body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});  // "Content-Length: 0": some servers insist
    set(CURLOPT_POSTFIELDS, "");
  }
  if (method != Method::get || plan_.asked.with_body) {
    set(CURLOPT_CUSTOMREQUEST, std::string(method_name(method)).c_str());
  }
}

void Transfer::set_headers(const Wiring& wiring) {
  curl_slist* list = nullptr;
  const auto add = [&](const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list, line.c_str())) {
      list = longer;
    } else {
      set_up_ = CURLE_OUT_OF_MEMORY;
    }
  };
  for (const auto& [name, value] : plan_.request->headers) {
    if (!plan_.trusted && !harmless_header(name)) continue;
    add(value.empty() ? name + ';' : text::cat(name, ": ", value));
  }
  // Without these libcurl would call every body a form, and wait a second for a "100 Continue"
  // before a long one.
  if (plan_.request->headers.find("Content-Type") == nullptr) add("Content-Type:");
  if (plan_.request->headers.find("Expect") == nullptr) add("Expect:");
  headers_.reset(list);
  set(CURLOPT_HTTPHEADER, list);
  set(CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // none of them for a proxy
  set(CURLOPT_USERAGENT, wiring.user_agent.c_str());
}

void Transfer::set_credential() {
  if (!plan_.trusted) return;
  if (const auto* bearer = std::get_if<Bearer>(&plan_.request->auth)) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
    set(CURLOPT_XOAUTH2_BEARER, bearer->token.c_str());
  } else if (const auto* basic = std::get_if<Basic>(&plan_.request->auth)) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, basic->user.c_str());
    set(CURLOPT_PASSWORD, basic->password.c_str());
  }
}

CURLcode Transfer::on_tls_context(CURL* /*curl*/, void* context, void* trust) {
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), static_cast<X509_STORE*>(trust));
  return CURLE_OK;
}

bool Transfer::take(Result<Flow> flow) {
  if (!flow) {
    from_caller_ = std::move(flow.error());
    return false;
  }
  enough_ = *flow == Flow::enough;
  return !enough_;
}

bool Transfer::deliver(std::string_view bytes) {
  answer_begun_ = true;
  return take(lines_ ? lines_->feed(bytes) : plan_.request->on_bytes(bytes));
}

bool Transfer::receive(std::string_view bytes) {
  const long status = number(CURLINFO_RESPONSE_CODE);
  if (streams() && status >= 200 && status < 300) return deliver(bytes);
  if (bytes.size() > plan_.request->most_body - response_.body.size()) {
    too_long_ = true;
    return false;
  }
  response_.body += bytes;
  return true;
}

std::size_t Transfer::send(std::span<char> into) {
  body_begun_ = true;
  auto got = std::get<BodySource>(plan_.request->body).read(into);
  if (got) return *got;
  from_caller_ = std::move(got.error());
  return CURL_READFUNC_ABORT;
}

bool Transfer::rewind() {
  const auto& source = std::get<BodySource>(plan_.request->body);
  if (!source.rewind) return false;
  auto rewound = source.rewind();
  if (!rewound) from_caller_ = std::move(rewound.error());
  return rewound.has_value();
}

// Headers of "100 Continue" come here too, each with its own status line; trailers come without
// one.
void Transfer::note_header_line(std::string_view line) {
  if (line.starts_with("HTTP/")) header_complete_ = false;
  if (line == "\r\n" || line == "\n") header_complete_ = true;
}

// The ways in from libcurl, which is C: no exception may pass through it.
std::size_t Transfer::on_header(char* bytes, std::size_t one, std::size_t size, void* self) {
  static_cast<Transfer*>(self)->moved_at_ = std::chrono::steady_clock::now();
  static_cast<Transfer*>(self)->note_header_line({bytes, one * size});
  return one * size;
}

// At least once a second, as often as the client looks at its transfers.
int Transfer::on_progress(void* self, curl_off_t /*to_come*/, curl_off_t came, curl_off_t /*to_go*/,
                          curl_off_t gone) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (came + gone != transfer.moved_) {
    transfer.moved_ = came + gone;
    transfer.moved_at_ = now;
  }
  transfer.stalled_ = now - transfer.moved_at_ >= transfer.plan_.request->stall;
  return transfer.stalled_ ? 1 : 0;
}

std::size_t Transfer::on_body(char* bytes, std::size_t /*one*/, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    return transfer.receive({bytes, size}) ? size : CURL_WRITEFUNC_ERROR;
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return CURL_WRITEFUNC_ERROR;
  }
}

std::size_t Transfer::on_read(char* into, std::size_t one, std::size_t size, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    return transfer.send({into, one * size});
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    const bool to_start = offset == 0 && origin == SEEK_SET;
    return to_start && transfer.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  } catch (...) {
    transfer.thrown_ = std::current_exception();
    return CURL_SEEKFUNC_FAIL;
  }
}

}  // namespace stagegate::http

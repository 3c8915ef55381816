#include "tests/contract/http/servers.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/text/text.hpp"

namespace stagegate::tests {

namespace {

namespace chrono = std::chrono;
const std::filesystem::path kScripts = CONTRACT_HTTP;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Bound to a free port, so that nobody else gets it as long as this lives.
class Reserved {
 public:
  Reserved() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no free port");
    }
    port_ = ntohs(address.sin_port);
  }
  Reserved(const Reserved&) = delete;
  Reserved& operator=(const Reserved&) = delete;
  ~Reserved() { close(socket_); }
  std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

bool listens(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return connected;
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "stagegate-test-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Child::Child(std::vector<std::string> command, const std::filesystem::path& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(ends[1], STDOUT_FILENO);
    if (chdir(folder.c_str()) == 0) execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
}
Child::~Child() {
  close(output_);
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}
std::string Child::line() {
  std::string line;
  char c = 0;
  while (::read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

Nginx::Nginx() {
  run(text::cat("sh '", (kScripts / "make_certificates.sh").string(), "' '",
                folder_.path().string(), "' 2>/dev/null"));
  std::filesystem::create_directory(file("files"));
  std::ofstream(file("files/hello")) << "hello";
  std::ofstream(file("files/unhurried")) << std::string(9216, 'x');
  std::string config = read(kScripts / "nginx.conf.in");
  {
    std::map<std::string, Reserved> reserved;
    for (const char* name : {"http", "http2", "https", "tls12", "tls13", "expired", "stranger",
                             "self_signed", "other"}) {
      ports_[name] = reserved[name].port();
      config = replaced(config, text::cat('@', name, '@'), std::to_string(ports_[name]));
    }
  }
  std::ofstream(file("nginx.conf")) << config;
  child_ = std::make_unique<Child>(std::vector<std::string>{"/usr/sbin/nginx", "-p", folder_.path(),
                                                            "-c", "nginx.conf", "-e", "stderr"},
                                   folder_.path());
  for (int tries = 0; !listens(ports_["other"]); ++tries) {
    if (tries > 500) throw std::runtime_error("nginx does not start");
    std::this_thread::sleep_for(chrono::milliseconds(20));
  }
}
std::string Nginx::url(const std::string& port, const std::string& path) const {
  return text::cat(port == "http" ? "http" : "https", "://127.0.0.1:", ports_.at(port), path);
}

Script::Script(const std::string& name)
    : child_({"/usr/bin/python3", kScripts / name, folder_.path()}, folder_.path()) {
  const auto port = text::parse_int(child_.line());
  if (!port) throw std::runtime_error(name + " does not start");
  port_ = static_cast<std::uint16_t>(*port);
}
std::string Script::url(const std::string& path_and_query) const {
  return text::cat("http://127.0.0.1:", port_, path_and_query);
}
std::string Script::log(const std::string& name) const {
  return read(folder_.path() / name);
}
int Script::requests(const std::string& path) const {
  const std::string wanted = text::cat("\"path\": \"", path, '"');
  const std::string all = log("requests.jsonl");
  int count = 0;
  for (auto at = all.find(wanted); at != std::string::npos; at = all.find(wanted, at + 1)) ++count;
  return count;
}

time::Instant RunningClock::now() const {
  return chrono::floor<chrono::seconds>(chrono::system_clock::now());
}
time::milliseconds RunningClock::uptime() const {
  return chrono::duration_cast<chrono::milliseconds>(
      chrono::steady_clock::now().time_since_epoch());
}
time::Woke RunningClock::sleep(time::Instant /*until*/, time::milliseconds limit) {
  std::this_thread::sleep_for(limit);
  return time::Woke::elapsed;
}

http::ClientOptions quick_options() {
  http::ClientOptions options;
  options.environment = [](const char*) { return std::nullopt; };
  options.trust.system_authorities = false;
  options.retry.base = chrono::milliseconds(1);
  options.retry.longest = chrono::milliseconds(5);
  return options;
}

http::Client quick_client() {
  static const RunningClock clock;
  return {quick_options(), clock};
}

http::Request get(std::string url) {
  http::Request request;
  request.url = std::move(url);
  return request;
}

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::uint16_t closed_port() {
  return Reserved().port();
}

}  // namespace stagegate::tests

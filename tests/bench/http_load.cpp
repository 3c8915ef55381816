// Load for a serve mode: a fixed number of requests over connections that stay open, then what it
// cost.
//
//   http_load PORT REQUESTS CONNECTIONS RATE PID [PATH [BODY]]
//
// With a RATE (requests per second) request number n is due at n / RATE, and its time counts from
// then, whether or not a connection was free: a server that stalls is charged for every request
// that would have come meanwhile. RATE 0 sends as fast as answers come. PID is the server, for its
// memory and CPU time. A BODY is sent with POST, and every # in it becomes the request's number, so
// that no two are the same. Any answer but 200 ends the run.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Plan {
  std::uint16_t port;
  std::size_t requests;
  std::size_t connections;
  double rate;
  std::string pid;
  std::string path = "/v1/status";
  std::string body = {};
  std::size_t first_number = 0;
};

struct Cost {
  long resident_kib = 0;
  double cpu_seconds = 0;
};

Cost cost_of(const std::string& pid) {
  Cost cost;
  std::ifstream status("/proc/" + pid + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) cost.resident_kib = std::atol(line.c_str() + 6);
  }
  std::ifstream stat("/proc/" + pid + "/stat");
  std::stringstream text;
  text << stat.rdbuf();
  std::istringstream fields(text.str().substr(text.str().rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;  // user and system time are fields 14 and 15
  double user = 0;
  double system = 0;
  fields >> user >> system;
  cost.cpu_seconds = (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return cost;
}

std::string request_of(const Plan& plan, std::size_t number) {
  const std::string rest = plan.path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (plan.body.empty()) return "GET " + rest + "\r\n";
  std::string body;
  for (const char c : plan.body) body += c == '#' ? std::to_string(number) : std::string(1, c);
  return "POST " + rest +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct Connection {
  int fd = -1;
  bool busy = false;
  Clock::time_point due;
  std::string answer;
};

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect");
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// True when the answer is whole.
bool read_answer(Connection& connection) {
  std::array<char, 16384> bytes{};
  const ssize_t size = ::recv(connection.fd, bytes.data(), bytes.size(), 0);
  if (size <= 0) throw std::runtime_error("the server closed a connection");
  std::string& answer = connection.answer;
  answer.append(bytes.data(), static_cast<std::size_t>(size));
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  if (!answer.starts_with("HTTP/1.1 200 ")) throw std::runtime_error(answer);
  const std::string_view name = "Content-Length: ";
  const std::size_t at = answer.find(name);
  if (at > end) throw std::runtime_error("an answer without a length");
  std::size_t length = 0;
  std::from_chars(answer.data() + at + name.size(), answer.data() + end, length);
  return answer.size() == end + 4 + length;
}

class Run {
 public:
  explicit Run(const Plan& plan)
      : plan_(plan), connections_(plan.connections), polled_(plan.connections) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].fd = connect_to(plan.port);
      polled_[i] = {connections_[i].fd, POLLIN, 0};
    }
    microseconds_.reserve(plan.requests);
  }

  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    for (const Connection& connection : connections_) ::close(connection.fd);
  }

  void go() {
    start_ = Clock::now();
    while (microseconds_.size() < plan_.requests) {
      send_due();
      receive();
    }
    seconds_ = std::chrono::duration<double>(Clock::now() - start_).count();
  }

  double seconds() const { return seconds_; }
  double percentile(double share) {
    const auto nth =
        static_cast<std::size_t>(share * static_cast<double>(microseconds_.size() - 1));
    std::nth_element(microseconds_.begin(),
                     microseconds_.begin() + static_cast<std::ptrdiff_t>(nth), microseconds_.end());
    return microseconds_[nth] / 1000;
  }

 private:
  Clock::time_point due(std::size_t number) const {
    return start_ + std::chrono::duration_cast<Clock::duration>(
                        std::chrono::duration<double>(static_cast<double>(number) / plan_.rate));
  }

  void send_due() {
    const auto now = Clock::now();
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      Connection& connection = connections_[++turn_ % connections_.size()];
      if (connection.busy) continue;
      if (sent_ == plan_.requests) return;
      if (plan_.rate > 0 && due(sent_) > now) return;
      connection.due = plan_.rate > 0 ? due(sent_) : now;
      connection.busy = true;
      connection.answer.clear();
      const std::string request = request_of(plan_, plan_.first_number + sent_);
      ++sent_;
      if (::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(request.size())) {
        throw std::runtime_error("cannot send");
      }
    }
  }

  void receive() {
    timespec pause{1, 0};
    const bool could_send =
        sent_ < plan_.requests && sent_ - microseconds_.size() < connections_.size();
    if (plan_.rate > 0 && could_send) {
      const auto left = std::max(due(sent_) - Clock::now(), Clock::duration(0));
      const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
      pause = {nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    }
    if (::ppoll(polled_.data(), polled_.size(), &pause, nullptr) <= 0) return;
    for (std::size_t i = 0; i < polled_.size(); ++i) {
      Connection& connection = connections_[i];
      if (polled_[i].revents == 0 || !read_answer(connection)) continue;
      connection.busy = false;
      if (connection.answer.find("\r\nConnection: close\r\n") != std::string::npos) {
        ::close(connection.fd);
        polled_[i].fd = connection.fd = connect_to(plan_.port);
      }
      microseconds_.push_back(
          std::chrono::duration<double, std::micro>(Clock::now() - connection.due).count());
    }
  }

  const Plan& plan_;
  std::vector<Connection> connections_;
  std::vector<pollfd> polled_;
  std::vector<double> microseconds_;
  std::size_t sent_ = 0;
  std::size_t turn_ = 0;  // every connection gets its share
  Clock::time_point start_;
  double seconds_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "http_load PORT REQUESTS CONNECTIONS RATE PID [PATH [BODY]]\n";
    return 2;
  }
  Plan plan{static_cast<std::uint16_t>(std::atoi(argv[1])), std::strtoul(argv[2], nullptr, 10),
            std::strtoul(argv[3], nullptr, 10), std::atof(argv[4]), argv[5]};
  if (argc > 6) plan.path = argv[6];
  if (argc > 7) plan.body = argv[7];
  try {
    Plan first =
        plan;  // everything that is built once is built before the first look at the memory
    first.requests = std::max<std::size_t>(plan.requests / 20, 1);
    first.first_number = plan.requests;
    Run(first).go();
    const Cost before = cost_of(plan.pid);
    Run run(plan);
    run.go();
    const Cost after = cost_of(plan.pid);
    const double count = static_cast<double>(plan.requests);
    std::printf("requests %zu, connections %zu, rate %.0f/s asked, %.0f/s done in %.2f s\n",
                plan.requests, plan.connections, plan.rate, count / run.seconds(), run.seconds());
    std::printf("p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, max %.3f ms\n", run.percentile(0.5),
                run.percentile(0.99), run.percentile(0.999), run.percentile(1));
    std::printf("server: %.1f us CPU a request, resident %ld KiB before, %ld KiB after\n",
                (after.cpu_seconds - before.cpu_seconds) * 1e6 / count, before.resident_kib,
                after.resident_kib);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
  return 0;
}

#include "plugins/argocd-sync/git/write_back.hpp"

#include <algorithm>
#include <random>

#include "common/http/retry.hpp"
#include "common/log/log.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "common/text/yaml_edit.hpp"

namespace stagegate::argocd::git {

using text::cat;

namespace {

constexpr int kMostWrites = 5;
constexpr std::size_t kMostKnown = 256;

std::string short_sha(std::string_view sha) {
  return std::string(sha.substr(0, 12));
}

// One file on its way to the tag.
struct Work {
  std::string file;
  std::vector<std::string> apps;
  std::vector<std::string> first;  // the values when they were first seen, one for each key
  File seen;                       // as last read
  std::string bytes;               // as it should be
  std::string commit;
  bool pending = true;   // it does not hold the tag
  bool changed = false;  // this run has written it

  std::string old_tag() const {
    std::vector<std::string> values = first;
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return text::join(values, ", ");
  }
};

// One call of WriteBack::set().
class Writing {
 public:
  Writing(const Plan& plan, Hosting& hosting, time::Clock& clock,
          std::optional<milliseconds> deadline, const std::string& tag)
      : plan_(plan), hosting_(hosting), clock_(clock), deadline_(deadline), tag_(tag) {}

  Result<> run(const std::vector<std::string>& apps) {
    if (auto gathered = gather(apps); !gathered) return gathered;
    for (Work& work : works_) {
      if (auto looked = look(work); !looked) return looked;
    }
    for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
      if (auto written = write(batch); !written) return forward(with_done(written.error()));
    }
    return {};
  }

  std::vector<Written> results(const std::vector<std::string>& apps) const {
    std::vector<Written> all;
    for (const std::string& app : apps) {
      const auto work = std::find_if(works_.begin(), works_.end(), [&](const Work& one) {
        return std::find(one.apps.begin(), one.apps.end(), app) != one.apps.end();
      });
      all.push_back({app, work->file, work->commit, work->old_tag(), work->changed, words(*work)});
    }
    return all;
  }

 private:
  using Batch = std::vector<Work*>;

  Result<> gather(const std::vector<std::string>& apps) {
    for (const std::string& app : apps) {
      auto file = plan_.file_of(app);
      if (!file) return forward(file.error());
      auto work = std::find_if(works_.begin(), works_.end(),
                               [&](const Work& one) { return one.file == *file; });
      if (work == works_.end()) {
        works_.emplace_back();
        work = works_.end() - 1;
        work->file = *file;
      }
      work->apps.push_back(app);
    }
    return {};
  }

  // Reads the file and says what it should be.
  Result<> look(Work& work) {
    auto file = hosting_.read(work.file, {});
    if (!file) return forward(file.error());
    if (!*file) return forward(hosting_.why_absent(work.file));
    work.seen = **std::move(file);
    work.bytes = work.seen.bytes;
    std::vector<std::string> values;
    for (const text::YamlPath& key : plan_.keys) {
      auto edit = text::edit_yaml_scalar(work.bytes, {key}, tag_);
      if (!edit) {
        return fail(edit.error().kind,
                    cat(work.file, " of ", hosting_.name(), ": ", edit.error().message));
      }
      work.bytes = std::move(edit->text);
      values.push_back(std::move(edit->old_value));
    }
    if (work.first.empty()) work.first = values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] != work.first[i] && values[i] != tag_) return superseded(work, i, values[i]);
    }
    work.pending = work.bytes != work.seen.bytes;
    if (!work.pending) find_commit(work);
    return {};
  }

  // Of a file that holds the tag.
  void find_commit(Work& work) {
    const auto commit = hosting_.last_commit(work.file);
    if (!commit) {
      log::warning(cat(work.file, " holds ", tag_, ", but: ", commit.error().message));
      work.changed = !sent_.empty();
      return;
    }
    if (!*commit) return;
    work.commit = (*commit)->sha;
    work.changed =
        std::find(sent_.begin(), sent_.end(), text::trim((*commit)->message)) != sent_.end();
  }

  Result<> superseded(const Work& work, std::size_t key, const std::string& value) {
    std::string words =
        cat(work.file, " of ", hosting_.name(), ": ", plan_.keys[key].text(), " was ",
            text::quoted(work.first[key]), " and should be ", text::quoted(tag_),
            ", but somebody has set it to ", text::quoted(value), " meanwhile: ");
    const auto commit = hosting_.last_commit(work.file);
    if (!commit || !*commit) return fail(Failure::Kind::conflict, words + "superseded");
    const std::string_view message = text::trim((*commit)->message);
    words += cat("superseded by ", short_sha((*commit)->sha), ' ',
                 text::quoted(message.substr(0, message.find('\n'))), " of ",
                 text::quoted((*commit)->author));
    return fail(Failure::Kind::conflict, std::move(words));
  }

  Batch next_batch() {
    Batch batch;
    for (Work& work : works_) {
      if (work.pending && (batch.empty() || hosting_.writes_together())) batch.push_back(&work);
    }
    return batch;
  }

  Order order_for(const Batch& batch) const {
    Order order;
    Deed deed;
    deed.tag = tag_;
    for (const Work* work : batch) {
      order.changes.push_back({work->file, work->seen.blob, work->bytes});
      deed.apps.insert(deed.apps.end(), work->apps.begin(), work->apps.end());
      deed.files.push_back(work->file);
      deed.old_tags.push_back(work->old_tag());
    }
    order.message = commit_message(plan_.message, plan_.author, deed);
    order.author_name = plan_.author_name;
    order.author_email = plan_.author_email;
    return order;
  }

  // Once, and then looks at what has become of it.
  Result<> write(const Batch& batch) {
    const Order order = order_for(batch);
    sent_.emplace_back(text::trim(order.message));
    const auto commit = hosting_.write(order);
    if (commit) {
      for (Work* work : batch) {
        work->commit = *commit;
        work->pending = false;
        work->changed = true;
      }
      return {};
    }
    const NotWritten& trouble = commit.error();
    if (trouble.why == NotWritten::Why::refused) return forward(trouble.failure);
    ++failed_;
    log::info(cat(trouble.failure.message, ": looking at the file again"));
    const auto in_time =
        trouble.why == NotWritten::Why::absent ? Result<bool>(true) : pause(trouble);
    if (!in_time) return forward(in_time.error());
    bool still_pending = false;
    for (Work* work : batch) {
      const std::string blob = work->seen.blob;
      if (auto looked = look(*work); !looked) return forward(after(trouble, looked.error()));
      // It is there, and was not for the one who wanted to write it.
      const bool same = work->pending && work->seen.blob == blob;
      if (same && trouble.why == NotWritten::Why::absent) return forward(trouble.failure);
      still_pending = still_pending || work->pending;
    }
    if (!still_pending) return {};
    if (!*in_time) {
      return fail(Failure::Kind::deadline,
                  cat("no time is left for another try: ", trouble.failure.message));
    }
    if (failed_ == kMostWrites) return forward(given_up(trouble));
    return {};
  }

  // False when there is no time for another try.
  Result<bool> pause(const NotWritten& trouble) {
    const http::RetryPolicy policy{
        .attempts = kMostWrites + 1, .base = milliseconds(400), .longest = milliseconds(5'000)};
    http::Outcome outcome;
    outcome.fault = http::Fault::cut_off;
    outcome.retry_after = trouble.pause;
    std::optional<milliseconds> left;
    if (deadline_) left = *deadline_ - clock_.uptime();
    const auto length = http::decide_retry(policy, failed_, outcome, left, dice_(random_));
    if (!length) return false;
    if (time::pause(clock_, *length)) return true;
    return unknown(cat("interrupted before it was known whether the tag is written: ",
                       trouble.failure.message));
  }

  static Failure after(const NotWritten& trouble, Failure failure) {
    if (trouble.why == NotWritten::Why::uncertain && failure.kind != Failure::Kind::conflict) {
      failure.message = cat(
          failure.message,
          " (and whether the tag was written before is not known: ", trouble.failure.message, ')');
    }
    return failure;
  }

  static Failure given_up(const NotWritten& trouble) {
    Failure failure = trouble.failure;
    failure.message = cat("gave up after ", kMostWrites, " tries: ", failure.message);
    return failure;
  }

  // What stays although the whole has failed.
  Failure with_done(Failure failure) const {
    std::vector<std::string> done;
    for (const Work& work : works_) {
      if (work.changed) done.push_back(cat(work.file, " (", short_sha(work.commit), ')'));
    }
    if (!done.empty()) failure.message += cat("; written before: ", text::join(done, ", "));
    return failure;
  }

  std::string words(const Work& work) const {
    const std::string commit =
        work.commit.empty() ? std::string() : cat(" (", short_sha(work.commit), ')');
    if (!work.changed) return cat(work.file, " holds ", tag_, " already", commit);
    return cat(work.file, ": ", work.old_tag(), " -> ", tag_, commit);
  }

  const Plan& plan_;
  Hosting& hosting_;
  time::Clock& clock_;
  std::optional<milliseconds> deadline_;
  const std::string& tag_;
  std::vector<Work> works_;
  std::vector<std::string> sent_;  // messages
  int failed_ = 0;
  std::minstd_rand random_{std::random_device()()};
  std::uniform_real_distribution<double> dice_{0.0, 1.0};
};

// nullopt: there is no such file at the revision, or no such revision.
Result<std::optional<bool>> look_at(Hosting& hosting, const std::string& file,
                                    const std::vector<text::YamlPath>& keys, std::string_view tag,
                                    const std::string& revision) {
  const auto read = hosting.read(file, revision);
  if (!read) return forward(read.error());
  if (!*read) return std::nullopt;
  for (const text::YamlPath& key : keys) {
    const auto found = text::find_yaml_scalar((*read)->bytes, {key});
    if (!found) {
      return fail(found.error().kind, cat(file, " at ", revision, ": ", found.error().message));
    }
    if (found->value != tag || !found->text) return false;
  }
  return true;
}

bool is_commit(std::string_view revision) {
  return (revision.size() == 40 || revision.size() == 64) &&
         revision.find_first_not_of(text::kLowerHex) == std::string_view::npos;
}

}  // namespace

Result<std::string> Plan::file_of(const std::string& app) const {
  const auto own = files.find(app);
  if (own != files.end()) return own->second;
  if (!file.empty()) return file;
  return usage(cat("git_files: names no file for the application ", text::quoted(app),
                   ", and there is no git_file for all"));
}

Result<bool> holds_tag(Hosting& hosting, const std::string& file,
                       const std::vector<text::YamlPath>& keys, std::string_view tag,
                       const std::string& revision) {
  const auto found = look_at(hosting, file, keys, tag, revision);
  if (!found) return forward(found.error());
  return found->value_or(false);
}

WriteBack::WriteBack(Plan plan, Hosting& hosting, time::Clock& clock)
    : plan_(std::move(plan)), hosting_(hosting), clock_(clock) {}

void WriteBack::set_deadline(std::optional<milliseconds> deadline) {
  deadline_ = deadline;
  hosting_.set_deadline(deadline);
}

Result<std::vector<Written>> WriteBack::set(const std::vector<std::string>& apps,
                                            const std::string& tag) {
  Writing writing(plan_, hosting_, clock_, deadline_, tag);
  if (auto done = writing.run(apps); !done) return forward(done.error());
  return writing.results(apps);
}

Result<bool> WriteBack::holds(const std::string& app, const std::string& tag,
                              const std::string& revision) {
  const auto file = plan_.file_of(app);
  if (!file) return forward(file.error());
  const std::vector<std::string> asked{*file, tag, revision};
  const auto known = known_.find(asked);
  if (known != known_.end()) return known->second;
  const auto found = look_at(hosting_, *file, plan_.keys, tag, revision);
  if (!found) return forward(found.error());
  // What is not there may come: a mirror can be late.
  if (*found && is_commit(revision)) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_[asked] = **found;
  }
  return found->value_or(false);
}

}  // namespace stagegate::argocd::git

#include "plugins/audit-writer/watch/options.hpp"

namespace stagegate::audit_writer {

void declare_watching(settings::Table& table, WatchOptions& o) {
  const std::vector<std::string> watch = {"watch"};
  table.verb({.name = "watch",
              .help = "Follow Kargo projects and record what no step sees: aborts, approvals, "
                      "auto-promotions, verifications."});
  table.add(o.projects, {.name = "projects",
                         .help = "The Kargo projects; in a pod its own namespace by default.",
                         .verbs = watch});
  table.add(o.once, {.name = "once",
                     .help = "Record what is there now and end, for a CronJob: more often than "
                             "Events live (an hour), or nobody knows who has approved Freight.",
                     .fallback = "false",
                     .verbs = watch});
  kube::declare_cluster_settings(table, o.cluster, watch);
  table.add(o.kargo_url, {.name = "kargo_url",
                          .help = "Kargo's user interface, for the links in records.",
                          .value = "URL",
                          .verbs = watch});
  table.add(o.image, {.name = "image",
                      .help = "The repository whose tag stands for Freight with several images; by "
                              "default the tag that most of them have.",
                      .value = "REPOSITORY",
                      .verbs = watch});
  table.add(o.patience,
            {.name = "patience",
             .help = "How long what is known at second hand waits for something better: an "
                     "approval for the name of who approved.",
             .fallback = "1m",
             .verbs = watch});
  table.add(o.give_up, {.name = "give_up",
                        .help = "How long the Kubernetes API may be silent before the program "
                                "ends, to be started again and to be noticed.",
                        .fallback = "15m",
                        .verbs = watch});
}

}  // namespace stagegate::audit_writer

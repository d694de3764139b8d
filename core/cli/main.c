/* SPDX-License-Identifier: MIT */
/* capan: reads a packet capture the way an expert does. */
#include <locale.h>
#include <signal.h>

#include "exhausted.h"
#include "install_plugin.h"
#include "interfaces.h"
#include "live.h"
#include "options.h"
#include "run.h"
#include "signals.h"

/* Before anything else is opened, so that nothing else is opened with root's rights. */
static enum exit_status run_live(const struct options *options) {
    enum exit_status status = live_begin(options);
    if (status != EXIT_FINE) return status;
    status = run(options);
    const enum exit_status ended = live_end();
    return ended > status ? ended : status;
}

static enum exit_status carry_out(const struct options *options) {
    if (options->plugin) return plugin_place(options->plugin == PLUGIN_COMES);
    if (options->list_interfaces) return interfaces_list();
    return options->interface ? run_live(options) : run(options);
}

int main(int argc, char **argv) {
    struct options options;
    enum exit_status status;
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_DFL); /* a reader that went away had what it wanted, whoever started us */
    exhausted_catch();
    signals_catch();
    if (options_read(&options, argc, argv, &status)) {
        exhausted_begin();
        status = carry_out(&options);
    }
    options_free(&options);
    return (int)exhausted_end(status);
}

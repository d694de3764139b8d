/* SPDX-License-Identifier: MIT */
/* capan: reads a packet capture the way an expert does. */
#include <locale.h>
#include <signal.h>

#include "exhausted.h"
#include "install_plugin.h"
#include "options.h"
#include "run.h"
#include "signals.h"

int main(int argc, char **argv) {
    struct options options;
    enum exit_status status;
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_DFL); /* a reader that went away had what it wanted, whoever started us */
    exhausted_catch();
    signals_catch();
    if (options_read(&options, argc, argv, &status))
        status = options.plugin ? plugin_place(options.plugin == PLUGIN_COMES) : run(&options);
    options_free(&options);
    return (int)status;
}

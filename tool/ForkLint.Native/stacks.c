/*
 * Threads get stacks of 256 KiB. The default is the limit of the main thread's stack, mostly 8 MiB, and the kernel charges all of it
 * against the commit limit for each thread: the runtime has two or three of its own. Done before the runtime starts any; nothing else
 * reaches them (the setting of the compiled runtime is an environment variable, which what this program starts would inherit).
 */
#define _GNU_SOURCE
#include <pthread.h>

__attribute__((constructor)) static void small_stacks(void)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0)
    {
        if (pthread_attr_setstacksize(&attributes, 256 << 10) == 0)
        {
            pthread_setattr_default_np(&attributes);
        }

        pthread_attr_destroy(&attributes);
    }
}

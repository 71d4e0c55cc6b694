-- As much memory and as many processors as there are; of tables that live for seconds a small sample tells enough.
SET LOCAL work_mem = '512MB';
SET LOCAL max_parallel_workers_per_gather = %(processors)s;
SET LOCAL default_statistics_target = 10;
SET LOCAL enable_mergejoin = off;

/** What Bayes4J costs: JMH benchmarks of kernels, and the workloads that its peers are timed on. */
@NullMarked
package io.bayes4j.benchmarks;

import org.jspecify.annotations.NullMarked;

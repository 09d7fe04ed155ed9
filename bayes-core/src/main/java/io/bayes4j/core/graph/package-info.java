/**
 * The tape and the plan: what is recorded of a computation, for its gradient or to run it later.
 *
 * <p>A {@link io.bayes4j.core.graph.Var} is an array that knows what made it (its {@link
 * io.bayes4j.core.graph.Value} knows how it is kept), {@link io.bayes4j.core.graph.Gradients} walks
 * back from a loss, a {@link io.bayes4j.core.graph.Parameter} is what an optimizer changes. In a
 * prediction a {@link io.bayes4j.core.graph.Plan} records first and runs last. Which operations
 * there are is not known here: whoever writes one calls {@link io.bayes4j.core.graph.Var#result}
 * with its backward rule, and {@link io.bayes4j.core.graph.Plan#operation} so that it may wait.
 */
@NullMarked
package io.bayes4j.core.graph;

import org.jspecify.annotations.NullMarked;

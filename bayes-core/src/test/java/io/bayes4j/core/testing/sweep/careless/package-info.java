/** What a sweep must find fault with. */
package io.bayes4j.core.testing.sweep.careless;

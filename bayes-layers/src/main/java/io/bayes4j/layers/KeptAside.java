package io.bayes4j.layers;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a field of a layer that holds another layer which is none of the model's: it is neither
 * trained with the model, nor converted, nor saved. Without the mark such a field is an error,
 * since it is nearly always a {@link Slot} that was forgotten; see {@link Layers#of}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface KeptAside {}

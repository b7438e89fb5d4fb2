package org.widthbench.figure;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as a figure prints them, with a true minus sign. */
final class Numbers {
    /** Beyond this many decimals or digits a power of ten reads better. */
    private static final int MOST_PLACES = 4;

    private Numbers() {}

    /** A multiple of {@code step} with as many decimals as the step needs. */
    static String fixed(double value, double step) {
        BigDecimal unit = rounded(step, 3);
        int decimals = Math.max(0, unit.scale());
        if (value == 0 && decimals > MOST_PLACES) {
            return "0";
        }
        boolean tooLong = (decimals > MOST_PLACES && Math.abs(value) < 1) || Math.abs(value) >= 1e5;
        if (tooLong) {
            return shortest(value);
        }
        return sign(new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN));
    }

    /** At most six significant digits, without trailing zeros. */
    static String shortest(double value) {
        return significant(value, 6);
    }

    /** At most so many significant digits, without trailing zeros. */
    static String significant(double value, int most) {
        BigDecimal digits = rounded(value, most);
        int exponent = digits.precision() - digits.scale() - 1;
        if (digits.signum() != 0 && (exponent < -MOST_PLACES - 1 || exponent > MOST_PLACES)) {
            BigDecimal mantissa = digits.movePointLeft(exponent).stripTrailingZeros();
            String factor = mantissa.abs().compareTo(BigDecimal.ONE) == 0 && mantissa.signum() > 0
                    ? ""
                    : sign(mantissa) + "\u00b7";
            return factor + power(exponent);
        }
        return sign(digits.scale() < 0 ? digits.setScale(0, RoundingMode.HALF_EVEN) : digits);
    }

    /** Ten to the {@code n}, in the markup of {@link RichText}. */
    static String power(int n) {
        return "10^{" + sign(BigDecimal.valueOf(n)) + "}";
    }

    private static BigDecimal rounded(double value, int digits) {
        if (value == 0) {
            return BigDecimal.ZERO;
        }
        return new BigDecimal(value)
                .round(new java.math.MathContext(digits, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    }

    private static String sign(BigDecimal number) {
        String plain = number.toPlainString();
        return number.signum() < 0 ? "\u2212" + plain.substring(1) : plain.replaceFirst("^-", "");
    }
}

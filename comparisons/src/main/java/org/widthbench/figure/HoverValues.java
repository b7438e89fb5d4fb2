package org.widthbench.figure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.geom.Rectangle2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a page's script shows under the pointer. */
final class HoverValues {
    /** Larger maps are thinned to about this many lines: all entries would outweigh the picture many times. */
    static final int MOST_LINES = 25;

    private static final MathContext DIGITS = new MathContext(4);

    /** Sorted keys: Java's small maps have another order in every process, and a page drawn twice is to have the same bytes. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private HoverValues() {}

    static String json(List<Figure.Placement> placements) {
        List<Map<String, Object>> panels = new ArrayList<>();
        for (Figure.Placement placement : placements) {
            Map<String, Object> panel = new LinkedHashMap<>();
            panel.put("area", corners(placement.area()));
            panel.putAll(placement.panel().values(placement.area(), Style.PAPER));
            panels.add(panel);
        }
        try {
            // Within a page's script "</script" ends it and "<!--" lets it end nowhere; no JSON but strings holds a
            // "<".
            return JSON.writeValueAsString(panels).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings are always JSON", e);
        }
    }

    static double[] corners(Rectangle2D area) {
        return new double[] {area.getMinX(), area.getMinY(), area.getMaxX(), area.getMaxY()};
    }

    static double[] rounded(double[] values) {
        return Arrays.stream(values)
                .map(value -> new BigDecimal(value).round(DIGITS).doubleValue())
                .toArray();
    }
}

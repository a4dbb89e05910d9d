sed -i.old '/whom/d' ops/greet && rm ops/greet.old

sed -i.old 's/Hello, $1/Hello, Ada/' ops/greet && rm ops/greet.old
